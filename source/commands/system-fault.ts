import { systemRemedy } from '../engine/system-remedy.js';

/**
 * What a fault of the system is to be told as, or an error that it has caused: its own words, and what mends it; null where
 * there is no such fault. Pure.
 */
export function systemFault(error: Error): string | null {
  if (!('code' in error && 'syscall' in error) || typeof error.code !== 'string')
    return error.cause instanceof Error ? systemFault(error.cause) : null;
  const remedy = systemRemedy(error.code);
  return remedy === null ? error.message : `${error.message}\n${remedy}`;
}
