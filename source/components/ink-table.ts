import { createRequire, Module } from 'node:module';
import * as ink from 'ink';
import type inkTable from 'ink-table';

/**
 * ink-table's table beside a modern Ink, loaded when it is first asked for: no screen has one before its summary. For tables
 * that are drawn once: it mounts every changed row anew. It counts UTF-16 units, not columns: cells of their own must see
 * to wide characters.
 */
export function loadTable(): typeof inkTable.default {
  const require = createRequire(import.meta.url);
  const inkPath = require.resolve('ink');
  // ink-table is CommonJS, and Ink has been ESM with a top-level await since 4.0, which `require` refuses
  // (maticzav/ink-table#258): its `require('ink')` is made to find the module that is loaded already.
  require.cache[inkPath] ??= Object.assign(new Module(inkPath), {
    filename: inkPath,
    loaded: true,
    exports: ink,
  });
  return (require('ink-table') as typeof inkTable).default;
}
