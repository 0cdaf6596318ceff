export interface Figures {
  readonly contender: string;
  readonly devices: number;
  readonly sent: number;
  readonly seconds: number;
  readonly sendsPerSecond: number;
  /** From the request to the server's ack. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** User and system time of the process that holds the sockets; for ours, that is the whole server. */
  readonly cpuMsPerSend: number;
  /** After a garbage collection. */
  readonly heapBeforeBytes: number;
  readonly heapAfterBytes: number;
}

/** Rows for people; the JSON has everything. */
export function tableRows(all: readonly Figures[]): Record<string, string | number>[] {
  return all.map((figures) => {
    const bare = all.find(
      ({ contender, devices }) => contender === 'bare loop' && devices === figures.devices,
    );
    return {
      devices: figures.devices,
      '': figures.contender,
      'sends/s': Math.round(figures.sendsPerSecond),
      'of bare': bare ? (figures.sendsPerSecond / bare.sendsPerSecond).toFixed(2) : '-',
      'p50 ms': figures.p50Ms.toFixed(1),
      'p95 ms': figures.p95Ms.toFixed(1),
      'p99 ms': figures.p99Ms.toFixed(1),
      'CPU ms/send': figures.cpuMsPerSend.toFixed(2),
      'of bare CPU': bare ? (figures.cpuMsPerSend / bare.cpuMsPerSend).toFixed(2) : '-',
      'heap MiB': Math.round(figures.heapAfterBytes / 1024 / 1024),
    };
  });
}
