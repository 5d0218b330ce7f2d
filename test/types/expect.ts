// Says of a value, to the compiler, which type it has: exactly this one, not one that merely fits.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** `expectType<number>()(value)` compiles when `value` is a number, and neither `any` nor `never` nor a `7`. */
export const expectType =
  <Expected>() =>
  <Actual>(_value: Actual, ..._wrong: Same<Actual, Expected> extends true ? [] : [expected: Expected]): void =>
    undefined;
