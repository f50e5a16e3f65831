import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';

const ROOT = import.meta.dirname;
const SOURCE = join(ROOT, 'source');

/**
 * A bundle's pieces all lie in `dist/` itself: a module that looks for what lies beside it is told where it would be if each
 * had a file of its own.
 */
const ownPlaces: Plugin = {
  name: 'own-places',
  transform(code, id) {
    if (!id.startsWith(SOURCE + sep) || !code.includes('import.meta.url')) return null;
    const place = relative(SOURCE, id)
      .replaceAll(sep, '/')
      .replace(/\.tsx?$/, '.js');
    const program: unknown = this.parse(code, { lang: id.endsWith('x') ? 'tsx' : 'ts' });
    return metaProperties(program).reduceRight(
      (text, { start, end }) =>
        `${text.slice(0, start)}{ url: new URL('${place}', import.meta.url).href }${text.slice(end)}`,
      code,
    );
  },
};

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where `import.meta` stands in a program, in order; in a string it is only text. */
function metaProperties(node: unknown): readonly Range[] {
  if (typeof node !== 'object' || node === null) return [];
  if ('type' in node && node.type === 'MetaProperty') {
    const { start, end } = node as unknown as Range;
    return [{ start, end }];
  }
  return Object.values(node).flatMap(metaProperties);
}

/** What a library does whenever it is loaded, although hew has no use for it. */
const LOADED_FOR_NOTHING: readonly {
  readonly file: string;
  readonly found: RegExp;
  readonly instead: string;
}[] = [
  {
    // It would fetch bytes that it holds itself, for which Node loads all of its HTTP client.
    file: 'yoga-layout/dist/binaries/yoga-wasm-base64-esm.js',
    found: /"function"!=typeof fetch\?/,
    instead: 'true?',
  },
  {
    // What checks the package.json of others is loaded when one is to be checked.
    file: 'meow/build/dependencies.js',
    found: /var normalizeExports = requireNormalize\(\);\s+const normalizePackageData = .*;/,
    instead: 'const normalizePackageData = (json) => requireNormalize()(json);',
  },
];

/** Leaves out what libraries do for nothing: it would be half of what hew takes until its first frame. */
const quickStart: Plugin = {
  name: 'quick-start',
  transform(code, id) {
    const file = id.replaceAll(sep, '/');
    const change = LOADED_FOR_NOTHING.find((each) => file.endsWith(`node_modules/${each.file}`));
    if (!change) return null;
    if (!change.found.test(code)) return this.error(`${change.file} has changed: see LOADED_FOR_NOTHING`);
    return code.replace(change.found, () => change.instead);
  },
};

/** The licences of the libraries that a bundle holds ask for their text to go with it. */
const licences: Plugin = {
  name: 'licences',
  generateBundle(_options, bundle) {
    const folders = new Set<string>();
    for (const output of Object.values(bundle)) {
      if (output.type !== 'chunk') continue;
      for (const id of output.moduleIds) {
        const folder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0];
        if (folder !== undefined && existsSync(folder)) folders.add(folder);
      }
    }
    const source = [...folders].sort().map(licenceOf).join('\n');
    this.emitFile({ type: 'asset', fileName: 'LIBRARIES.txt', source });
  },
};

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice)/i.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  return [`== ${name} ${version} (${license ?? 'see its text'})`, ...texts, ''].join('\n');
}

/** Hew and the libraries that it uses, in a few files: hundreds of small ones would take longer to load than all else does. */
export default defineConfig({
  input: {
    bin: join(SOURCE, 'bin.ts'),
    guardian: join(SOURCE, 'guardian.ts'),
    'demo/agent': join(SOURCE, 'demo', 'agent.ts'),
  },
  platform: 'node',
  // Ink asks for it only where its developer tools are on.
  external: ['react-devtools-core'],
  transform: {
    target: 'node22',
    define: {
      // React's development build costs twice the processor time and keeps a record of every render.
      'process.env.NODE_ENV': '"production"',
      // write-file-atomic makes the names of its temporary files of it, and of the process.
      __filename: '"hew"',
    },
  },
  plugins: [ownPlaces, quickStart, licences],
  output: { dir: 'dist', format: 'esm', chunkFileNames: '[name]-[hash].js', cleanDir: true },
});
