/** Loaded with `--import` into a process whose wall clock is to be wrong by CLOCK_SHIFT_MS. */
const shiftMs = Number(process.env.CLOCK_SHIFT_MS);
const TrueDate = Date;

class ShiftedDate extends TrueDate {
  constructor(...given: [] | ConstructorParameters<typeof Date>) {
    if (given.length === 0) super(TrueDate.now() + shiftMs);
    else super(...(given as ConstructorParameters<typeof Date>));
  }
  static override now(): number {
    return TrueDate.now() + shiftMs;
  }
}
Object.defineProperty(globalThis, 'Date', { value: ShiftedDate, configurable: true, writable: true });
