/** A ring whose run failed this often in a row is left to the sweep. */
export const RING_ATTEMPTS = 5;

const FIRST_RETRY_MS = 500;

/** How long to wait after the `failures`-th failure in a row: 0.5, 1, 2, 4 seconds. */
export function retryDelayMs(failures: number): number {
  return FIRST_RETRY_MS * 2 ** (failures - 1);
}
