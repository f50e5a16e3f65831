import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIssues } from '../../../source/engine/queue/bd-issue.js';
import { BdListing } from '../../../source/engine/queue/bd-listing.js';

const words = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\n  },\n  {', '[\n  {', '\n  }\n]', '"},'),
);
const issue = fc.record(
  {
    id: fc.oneof(
      fc.nat(30).map((number) => `app-${number}`),
      words.filter((id) => id !== ''),
    ),
    title: words,
    description: words,
    status: fc.constantFrom('open', 'closed'),
    labels: fc.array(words, { maxLength: 2 }),
    dependencies: fc.array(fc.record({ depends_on_id: words, type: words }), { maxLength: 2 }),
  },
  { requiredKeys: ['id', 'title'] },
);
/** What bd may print next: other issues in the place of some, and some twice. */
const listings = fc.array(fc.array(issue, { maxLength: 6 }), { minLength: 1, maxLength: 5 });

/** As bd 1.3 prints it. */
function print(data: readonly unknown[]): string {
  return JSON.stringify({ data, schema_version: 1 }, null, 2);
}

describe('a listing that remembers', () => {
  it.each([
    ['an envelope, as bd 1.3 prints it', print],
    ['items', (items: unknown) => JSON.stringify({ schema_version: 1, items }, null, 2)],
    ['a bare list', (issues: unknown) => JSON.stringify(issues, null, 2)],
    ['one line', (data: unknown) => JSON.stringify({ data })],
    ['wide indentation', (data: unknown) => JSON.stringify({ data }, null, 4)],
  ])('reads %s like one that does not', (_how, print) => {
    fc.assert(
      fc.property(listings, (sequence) => {
        const listing = new BdListing();
        for (const issues of [...sequence, ...sequence.toReversed()])
          expect(listing.issues(`${print(issues)}\n`)).toEqual(parseIssues(issues));
      }),
    );
  });

  it('parses only the issues whose text is new', () => {
    const first = { id: 'app-1', title: 'One' };
    const second = { id: 'app-2', title: 'Two' };
    const listing = new BdListing();
    const before = listing.issues(print([first, second])).tasks;
    const after = listing.issues(print([{ ...first, title: 'Other' }, second])).tasks;
    const [one, two] = [...after.values()];
    expect(one?.title).toBe('Other');
    expect(two).toBe([...before.values()][1]);
  });

  it('refuses what is cut or is no issue, and forgets nothing by it', () => {
    const listing = new BdListing();
    const text = JSON.stringify(
      [
        { id: 'app-1', title: 'One' },
        { id: 'app-2', title: 'Two' },
      ],
      null,
      2,
    );
    const before = listing.issues(text);
    for (let length = 0; length < text.length; length += 1)
      expect(() => listing.issues(text.slice(0, length))).toThrow(Error);
    expect(() => listing.issues(text.replace('"title": "Two"', '"title": 2'))).toThrow(Error);
    expect(listing.issues(text)).toEqual(before);
  });
});
