import { fileURLToPath } from 'node:url';

/**
 * Every module of `source/` as a file of its own, for tests that run one in a process of its own or change one on its way in:
 * what is shipped is a bundle. Made by build-once.ts.
 */
export const BUILT_MODULES = fileURLToPath(new URL('../node_modules/.hew-modules/', import.meta.url));
