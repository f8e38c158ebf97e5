let silenced = false;

/**
 * kafkajs sets timers in the past when a request was throttled; Node 24 warns of each and fires it at once,
 * which is what kafkajs wants (tulios/kafkajs#1751). Every other warning is passed on.
 */
export function silenceNegativeTimeouts(): void {
  if (silenced) return;
  silenced = true;
  const emit = process.emitWarning.bind(process) as (...args: unknown[]) => void;
  process.emitWarning = ((warning: unknown, ...rest: unknown[]) => {
    const [type] = rest;
    const name = typeof type === 'object' && type !== null && 'type' in type ? type.type : type;
    if (name !== 'TimeoutNegativeWarning') emit(warning, ...rest);
  }) as typeof process.emitWarning;
}
