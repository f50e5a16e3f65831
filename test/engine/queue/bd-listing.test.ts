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

describe('a listing that remembers', () => {
  it.each([
    ['as bd 1.3 prints it', 2],
    ['in one line', 0],
    ['with other indentation', 4],
  ])('reads %s like one that does not', (_how, indentation) => {
    fc.assert(
      fc.property(listings, (sequence) => {
        const listing = new BdListing();
        for (const issues of [...sequence, ...sequence.toReversed()])
          expect(listing.issues(`${JSON.stringify(issues, null, indentation)}\n`)).toEqual(
            parseIssues(issues),
          );
      }),
    );
  });

  it('parses only the issues whose text is new', () => {
    const first = { id: 'app-1', title: 'One' };
    const second = { id: 'app-2', title: 'Two' };
    const listing = new BdListing();
    const before = listing.issues(JSON.stringify([first, second], null, 2)).tasks;
    const after = listing.issues(JSON.stringify([{ ...first, title: 'Other' }, second], null, 2)).tasks;
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
