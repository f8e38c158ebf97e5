import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type TextMapSetter,
  type Tracer,
  trace,
} from '@opentelemetry/api';

export { SpanKind };

/** Headers of HTTP or Kafka, which carry the trace context (W3C traceparent) as text. */
export interface TraceHeaders {
  [name: string]: string | readonly string[] | Buffer | undefined;
}

export interface Tracing {
  /** Flushes the spans that are buffered. */
  close(): Promise<void>;
}

/** An unresponsive collector must not delay a shutdown. */
const EXPORT_TIMEOUT_MS = 3_000;

/** Set while tracing is on; otherwise the functions below are pass-through. */
let tracer: Tracer | undefined;

/**
 * Starts tracing, with export to `endpoint` (OTLP over HTTP). Without an endpoint no library is loaded and nothing is
 * recorded.
 */
export async function startTracing({
  service,
  endpoint,
}: {
  readonly service: string;
  readonly endpoint?: string | undefined;
}): Promise<Tracing> {
  if (endpoint === undefined) return { close: async () => {} };
  const [{ NodeSDK }, { OTLPTraceExporter }, { W3CTraceContextPropagator }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-proto'),
    import('@opentelemetry/core'),
  ]);
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const sdk = new NodeSDK({
    serviceName: service,
    traceExporter: new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS }),
    // Without baggage: what any client sends to the ingress would travel through every record.
    textMapPropagator: new W3CTraceContextPropagator(),
    autoDetectResources: false,
    instrumentations: [],
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  tracer = trace.getTracer('@payments/runtime');
  return {
    close: async () => {
      tracer = undefined;
      await sdk.shutdown();
    },
  };
}

/** W3C Trace Context, version 00. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * The trace in the headers of a record, as headers for the records that result from it; undefined if there is none. Any
 * producer of a topic can set the header: nothing else than a trace is passed on.
 */
export function traceOf({ traceparent }: TraceHeaders): { readonly traceparent: string } | undefined {
  const text = Buffer.isBuffer(traceparent) ? traceparent.toString('latin1') : traceparent;
  return typeof text === 'string' && TRACEPARENT.test(text) ? { traceparent: text } : undefined;
}

/** Injects the context of the current span into `headers`. */
export function injectTraceHeaders(headers: TraceHeaders): void {
  if (tracer !== undefined) propagation.inject(context.active(), headers, SETTER);
}

/**
 * Runs `fn` in a span that continues the trace in `headers`, or starts one. The span ends when `fn` returns or its
 * promise settles; errors are recorded and rethrown.
 */
export function inSpanFromHeaders<T>(
  name: string,
  headers: TraceHeaders,
  fn: () => T,
  kind: SpanKind = SpanKind.CONSUMER,
): T {
  if (tracer === undefined) return fn();
  const parent = propagation.extract(ROOT_CONTEXT, headers, GETTER);
  return tracer.startActiveSpan(name, { kind }, parent, (span) => endSpanAfter(span, fn));
}

function endSpanAfter<T>(span: Span, fn: () => T): T {
  let result: T;
  try {
    result = fn();
  } catch (error) {
    failSpan(span, error);
    throw error;
  }
  if (!(result instanceof Promise)) {
    span.end();
    return result;
  }
  return result.then(
    (value) => {
      span.end();
      return value;
    },
    (error: unknown) => {
      failSpan(span, error);
      throw error;
    },
  ) as T;
}

function failSpan(span: Span, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error) span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  span.end();
}

const SETTER: TextMapSetter<TraceHeaders> = {
  set(headers, name, value) {
    headers[name] = value;
  },
};

const GETTER: TextMapGetter<TraceHeaders> = {
  get(headers, name) {
    const value = headers[name];
    if (Buffer.isBuffer(value)) return value.toString('latin1');
    return typeof value === 'object' ? [...value] : value;
  },
  keys: (headers) => Object.keys(headers),
};
