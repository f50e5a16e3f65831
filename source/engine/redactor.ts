/** Variables whose values are nobody's to read: what a name that ends so holds is taken for a secret. */
const SECRET_NAME = /_(KEY|TOKEN|SECRET)$/i;
/** What is shorter is no secret, and would take words out of every text. */
const SHORTEST = 8;
/** What stands where a secret stood is made of the first of these that no secret holds. */
const MARKS = ['*', '#', '?', '!', '.', '_', '~'] as const;
/** The one character that no variable's value can hold. */
const LAST_MARK = '\0';

type Variables = Readonly<Record<string, string | undefined>>;

/** Takes the secrets of an environment out of what hew writes and shows. */
export interface Redactor {
  text(text: string): string;
  /** The same for bytes of whatever encoding; gives back the same object where there is nothing to take out. */
  bytes(bytes: Buffer): Buffer;
  /** How many bytes the longest secret has; 0 where there is none. */
  readonly longest: number;
}

/** Where nothing is secret. */
export const NO_REDACTION: Redactor = { text: (text) => text, bytes: (bytes) => bytes, longest: 0 };

/**
 * A redactor for the values of all `*_KEY`, `*_TOKEN` and `*_SECRET` that are set to eight characters or more, as they
 * are and as JSON writes them; of a value of several lines each of those by itself. Pure.
 */
export function makeRedactor(...environments: readonly Variables[]): Redactor {
  const secrets = [...new Set(environments.flatMap(secretsIn))];
  if (secrets.length === 0) return NO_REDACTION;
  const mark = markFor(secrets);
  // As bytes of which each is one character: a text that is no UTF-8 keeps the bytes that it has.
  const encoded = secrets.map((secret) => Buffer.from(secret).toString('latin1'));
  const searched = encoded.map((secret) => Buffer.from(secret, 'latin1'));
  return {
    text: (text) => without(text, secrets, mark),
    bytes: (bytes) =>
      searched.some((secret) => bytes.includes(secret))
        ? Buffer.from(without(bytes.toString('latin1'), encoded, mark), 'latin1')
        : bytes,
    longest: Math.max(...searched.map((secret) => secret.length)),
  };
}

function secretsIn(env: Variables): readonly string[] {
  const found = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !SECRET_NAME.test(name)) continue;
    for (const part of [value, value.trim(), ...value.split(/\r?\n/).map((line) => line.trim())]) {
      for (const form of [part, JSON.stringify(part).slice(1, -1)]) {
        if (form.length >= SHORTEST) found.add(form);
      }
    }
  }
  return [...found];
}

/** A mark that no secret holds: what it brings together never becomes one, nor does it with what comes later. */
function markFor(secrets: readonly string[]): string {
  const mark = MARKS.find((each) => !secrets.some((secret) => secret.includes(each))) ?? LAST_MARK;
  return mark.repeat(3);
}

/** Secrets that overlap are left out as one: cutting one first would leave the rest of the other. */
function without(text: string, secrets: readonly string[], mark: string): string {
  const places = secrets.flatMap((secret) => placesOf(secret, text)).sort((a, b) => a.start - b.start);
  let result = '';
  let end = 0;
  for (const place of places) {
    if (place.start >= end) result += text.slice(end, place.start) + mark;
    end = Math.max(end, place.end);
  }
  return result + text.slice(end);
}

interface Place {
  readonly start: number;
  readonly end: number;
}

function placesOf(secret: string, text: string): Place[] {
  const places: Place[] = [];
  for (let start = text.indexOf(secret); start !== -1; start = text.indexOf(secret, start + 1)) {
    places.push({ start, end: start + secret.length });
  }
  return places;
}
