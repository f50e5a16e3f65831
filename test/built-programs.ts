import { fileURLToPath } from 'node:url';

/**
 * The folder of the test's own programs: each file of `programs/` bundled with the modules of `source/` that it starts, since a
 * bundle is loaded in half the time. Made by build-once.ts.
 */
export const BUILT_PROGRAMS = fileURLToPath(new URL('../node_modules/.hew-programs/dist/', import.meta.url));
