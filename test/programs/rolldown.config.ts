import { join } from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';
import shipped from '../../rolldown.config.js';

const HERE = import.meta.dirname;
const SOURCE = join(HERE, '..', '..', 'source');
const JOURNAL = join(SOURCE, 'engine', 'journal.ts');
const KILLING_JOURNAL = join(HERE, 'killing-journal.ts');

/** Whoever opens a journal opens the one that ends its process; only that knows the real one. */
const killingJournal: Plugin = {
  name: 'killing-journal',
  async resolveId(source, importer) {
    if (!source.endsWith('/journal.js') || importer === KILLING_JOURNAL) return null;
    const found = await this.resolve(source, importer, { skipSelf: true });
    return found?.id === JOURNAL ? KILLING_JOURNAL : found;
  },
  generateBundle() {
    const opened = this.getModuleInfo(KILLING_JOURNAL)?.importers ?? [];
    if (opened.length === 0) this.error('nobody opens the journal of the tests: see killing-journal');
  },
};

/** The programs that tests start, bundled as hew itself is; the guardian lies where hew looks for it. */
export default defineConfig({
  ...shipped,
  input: {
    guardian: join(SOURCE, 'guardian.ts'),
    ...Object.fromEntries(
      ['alarming-line', 'claim-tasks', 'killed-hew'].map((name) => [name, join(HERE, `${name}.ts`)]),
    ),
  },
  plugins: [killingJournal, shipped.plugins],
});
