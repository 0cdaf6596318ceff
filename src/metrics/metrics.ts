import { collectDefaultMetrics, Registry } from 'prom-client';
import { createInstruments, type Instruments } from './instruments.ts';

/** The metrics of this process. */
export interface Metrics {
  readonly instruments: Instruments;
  readonly contentType: string;
  /** Called before every reading, to set what is measured only then. It must not fail and answer within a few seconds. */
  beforeReading(measure: () => Promise<void>): void;
  /** Sets what is measured only before a reading; resolves when it is set. */
  measure(): Promise<void>;
  /** All of them in the text format of Prometheus. */
  read(): Promise<string>;
}

/** With those of the process itself: CPU, memory, event loop, garbage collection. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const measures: (() => Promise<void>)[] = [];
  const measure = async (): Promise<void> => {
    await Promise.all(measures.map((each) => each()));
  };
  return {
    measure,
    instruments: createInstruments(registry),
    contentType: registry.contentType,
    beforeReading: (each) => void measures.push(each),
    async read() {
      await measure();
      return registry.metrics();
    },
  };
}
