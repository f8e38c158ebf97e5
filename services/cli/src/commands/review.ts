import { Argument, Command, Option } from 'commander';
import type { CliContext } from '../cli-context.js';
import { byOption, jsonOption, limitOption, parseProvider, whyOption, withOptions } from '../options.js';
import { listReviews } from './review/list-reviews.js';
import { resolveReview } from './review/resolve-review.js';
import { objectIdOption, parseAttemptId, VERDICTS } from './review/review-arguments.js';
import { showReview } from './review/show-review.js';

const ABOUT_RESOLVE = `
Look at the gateway first: its dashboard, by the object id or the order, or its support.
  executed      it was carried out there. Its worker fetches the object and settles by what that says; while that
                shows nothing, the attempt stays in review.
  not-executed  it was not, and never will be. The attempt ends, the intent is told, and it may be asked for again:
                if it was carried out after all, the customer may be charged twice.`;

/** `payments review …` */
export function reviewCommands(context: CliContext): Command {
  return new Command('review')
    .description('Gateway calls whose outcome is unknown.')
    .addCommand(ls(context))
    .addCommand(show(context))
    .addCommand(resolve(context));
}

function ls(context: CliContext): Command {
  const provider = new Option('--gateway <provider>', 'only of this gateway').argParser(parseProvider);
  return withOptions(new Command('ls'), provider, limitOption(), jsonOption())
    .description('Lists those that wait for a person, oldest first.')
    .option('--all', 'also those that are still being looked into automatically')
    .action((options) => listReviews(context, options));
}

function show(context: CliContext): Command {
  return withOptions(new Command('show'), jsonOption())
    .argument('<attempt>', 'its id, as ls shows it', parseAttemptId)
    .description(
      'Shows one with everything that is known: what was sent and when, what came back, its payment.',
    )
    .action((attemptId, options) => showReview(context, attemptId, options));
}

function resolve(context: CliContext): Command {
  const evidence = whyOption('--evidence <text>', 'where you looked and what you saw (needed)');
  return withOptions(new Command('resolve'), evidence, objectIdOption(), byOption(), jsonOption())
    .argument('<attempt>', 'its id, as ls shows it', parseAttemptId)
    .addArgument(new Argument('<verdict>', 'what you found').choices(VERDICTS))
    .description('Records what became of one, with who said so and on what evidence.')
    .addHelpText('after', ABOUT_RESOLVE)
    .action((attemptId, verdict, options) => resolveReview(context, attemptId, verdict, options));
}
