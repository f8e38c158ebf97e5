import { type AttemptId, REVIEW_VERDICTS } from '@payments/domain';
import { InvalidArgumentError, Option } from 'commander';

export const VERDICTS = REVIEW_VERDICTS;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @throws InvalidArgumentError */
export function parseAttemptId(text: string): AttemptId {
  if (UUID.test(text)) return text.toLowerCase() as AttemptId;
  throw new InvalidArgumentError('It must be the id of an attempt, a UUID: see payments review ls.');
}

/** The gateway's id of the executed operation. */
export function objectIdOption(): Option {
  const about = "the gateway's object that shows it; needed of an executed create or refund";
  return new Option('--object <id>', about).argParser(objectId);
}

function objectId(text: string): string {
  if (/^[\w.:-]{1,255}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be the id of an object at the gateway, such as pi_… or re_….');
}
