import { type API, type Callback, kGetApi, Producer, type ProducerOptions } from '@platformatic/kafka';
import { type BatchMessage, produceBatches } from './produce-api.js';

type Options = ProducerOptions<undefined, BatchMessage['value'], never, never>;

/**
 * Sends {@link BatchMessage}s. Writes to the partitions of a topic that have a leader, even if others have none, and
 * survives a broker that is lost at a bad moment.
 */
export class LedProducer extends Producer<undefined, BatchMessage['value'], never, never> {
  constructor(options: Options) {
    super(options);
    // A connection that breaks during authentication emits the error twice, but the library listens once: the second
    // one would end the process. The pending requests fail by another path.
    this.connections.on('connecting', ({ connection }) => connection.on('error', () => {}));
  }

  override [kGetApi]<Request extends unknown[], Response>(
    name: string,
    callback: Callback<API<Request, Response>>,
  ): void {
    super[kGetApi]<Request, Response>(name, (error, api) => callback(error, api && ours(name, api)));
  }
}

/** A request with our own handling in place of the library's. */
function ours<Request extends unknown[], Response>(
  name: string,
  api: API<Request, Response>,
): API<Request, Response> {
  if (name === 'Metadata') return withoutLeaders(api);
  if (name === 'Produce') {
    return produceBatches(api as unknown as API<unknown[], unknown>) as unknown as API<Request, Response>;
  }
  return api;
}

/** The error codes in an answer about topics (https://kafka.apache.org/protocol#The_Messages_Metadata). */
interface TopicsAnswer {
  readonly topics?: readonly { readonly errorCode: number }[];
}

/**
 * The library rejects a whole metadata response if one partition has no leader. Here only writes to that partition
 * fail.
 */
function withoutLeaders<Request extends unknown[], Response>(
  api: API<Request, Response>,
): API<Request, Response> {
  const ask = api as unknown as (...args: unknown[]) => void;
  const tolerant = (...args: unknown[]): void => {
    const callback = args.pop() as Callback<unknown>;
    const tolerate: Callback<unknown> = (error, answer) => {
      const { response } = (error ?? {}) as { response?: TopicsAnswer };
      const areTopicsKnown = response?.topics?.every(({ errorCode }) => errorCode === 0) ?? false;
      if (areTopicsKnown) callback(null, response);
      else callback(error, answer);
    };
    ask(...args, tolerate);
  };
  return Object.assign(tolerant, { async: api.async, key: api.key, version: api.version });
}
