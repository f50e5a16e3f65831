import type { z } from 'zod';

type Guard = (value: unknown) => boolean;
type Schema = z.core.$ZodType;

const never: Guard = () => false;

/**
 * A guard that holds only for values which the schema takes and gives back as they are, for a tenth of what the schema
 * itself costs. False means that nothing is known: the value lacks a default, has a field too many, is wrong, or is of a kind
 * that the guard knows nothing of; then the schema has the word.
 */
export function certainGuard(schema: Schema): Guard {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
      return allOf((value) => typeof value === 'string', [...ownCheck(def), ...(def.checks ?? [])]);
    case 'number':
      return allOf(Number.isFinite, [...ownCheck(def), ...(def.checks ?? [])]);
    case 'boolean':
      return (value) => typeof value === 'boolean';
    case 'literal':
      return oneOf(def.values);
    case 'enum':
      return oneOf(Object.values(def.entries));
    case 'nullable': {
      const inner = certainGuard(def.innerType);
      return (value) => value === null || inner(value);
    }
    case 'default':
      return certainGuard(def.innerType);
    case 'array': {
      const element = certainGuard(def.element);
      return hasChecks(def) ? never : (value) => Array.isArray(value) && value.every(element);
    }
    case 'object':
      return hasChecks(def) || def.catchall ? never : objectGuard(def.shape);
    case 'union':
      return 'discriminator' in def && !hasChecks(def)
        ? taggedGuard(String(def.discriminator), def.options)
        : never;
    default:
      return never;
  }
}

function hasChecks({ checks = [] }: { readonly checks?: readonly unknown[] | undefined }): boolean {
  return checks.length > 0;
}

function oneOf(values: readonly unknown[]): Guard {
  const [only] = values;
  if (values.length === 1) return (value) => value === only;
  const all = new Set(values);
  return (value) => all.has(value);
}

/** A format is a check of its own: `z.int()`, `z.iso.datetime()`. */
function ownCheck(def: object): readonly unknown[] {
  return 'check' in def ? [def] : [];
}

function allOf(isOfKind: Guard, checks: readonly unknown[]): Guard {
  return checks.map(checkGuard).reduce((before, next) => (value) => before(value) && next(value), isOfKind);
}

function checkGuard(check: unknown): Guard {
  const def = (check as { readonly _zod?: { readonly def: object } })._zod?.def ?? (check as object);
  const { check: kind, ...more } = def as z.core.$ZodCheckDef & Readonly<Record<string, unknown>>;
  const { pattern, format, maximum, value: bound, inclusive } = more;
  switch (kind) {
    case 'string_format':
      // What other formats ask for beside their pattern is not in it.
      return (format === 'regex' || format === 'datetime') && pattern instanceof RegExp && !pattern.global
        ? (value) => pattern.test(value as string)
        : never;
    case 'number_format':
      return format === 'safeint' ? Number.isSafeInteger : never;
    case 'max_length':
      return (value) => (value as string).length <= (maximum as number);
    case 'greater_than':
      return inclusive === true ? (value) => (value as number) >= (bound as number) : never;
    case 'less_than':
      return inclusive === true ? (value) => (value as number) <= (bound as number) : never;
    default:
      return never;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function objectGuard(shape: Readonly<Record<string, Schema>>): Guard {
  const fields = Object.entries(shape).map(([key, schema]) => ({ key, guard: certainGuard(schema) }));
  return (value) => {
    if (!isRecord(value)) return false;
    for (const { key, guard } of fields) if (!guard(value[key])) return false;
    // A field too many would be left out.
    let count = 0;
    for (const _key in value) count += 1;
    return count === fields.length;
  };
}

function taggedGuard(discriminator: string, options: readonly Schema[]): Guard {
  const guards = new Map<unknown, Guard>();
  for (const option of options) {
    const { def } = (option as z.core.$ZodTypes)._zod;
    const tag = def.type === 'object' ? (def.shape[discriminator] as z.core.$ZodTypes)._zod.def : null;
    if (tag?.type === 'literal') for (const value of tag.values) guards.set(value, certainGuard(option));
  }
  return (value) => isRecord(value) && (guards.get(value[discriminator]) ?? never)(value);
}
