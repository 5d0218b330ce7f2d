import { join } from 'node:path';

/** The folder to compile native processors with (`-I`): it holds `aurochs/processor.h` and `processor.hpp`. */
export const include: string = join(__dirname, '..', '..', 'include');
