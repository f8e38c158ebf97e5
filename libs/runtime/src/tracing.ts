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

/** Headers of HTTP or Kafka: the trace context (W3C traceparent) travels among them as text. */
export interface TraceHeaders {
  [name: string]: string | readonly string[] | Buffer | undefined;
}

export interface Tracing {
  /** Sends what is still held back. */
  close(): Promise<void>;
}

/** A collector that does not answer must not hold up a shutdown. */
const EXPORT_TIMEOUT_MS = 3_000;

/** Set while spans are recorded; otherwise the functions below do nothing but call. */
let tracer: Tracer | undefined;

/**
 * Starts to record spans and to send them to `endpoint` (OTLP over HTTP). Without an endpoint nothing is
 * loaded and nothing recorded.
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
    // Without baggage: what a stranger sends to the ingress would travel through every record.
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

/** Writes the context of the current span into `headers`. */
export function injectTraceHeaders(headers: TraceHeaders): void {
  if (tracer !== undefined) propagation.inject(context.active(), headers, SETTER);
}

/**
 * Calls `fn` in a span that continues the trace found in `headers`, or begins one. The span ends with
 * what `fn` returns or resolves to; what it throws is recorded and thrown on.
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
