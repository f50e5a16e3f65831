/** Joins the lines that a backslash continues. */
function logicalLines(text: string): string[] {
  return text.replaceAll(/\\\r?\n/g, ' ').split(/\r?\n/);
}

/** Whether a recipe with these parameters can be called without an argument: each has a default, or may be empty. */
function needsNoArgument(parameters: string): boolean {
  // A default may be a quoted text or a call with spaces in it: blanked first, so that what is left splits at spaces.
  const words = parameters
    .replaceAll(/'[^']*'|"[^"]*"|`[^`]*`|\([^)]*\)/g, 'x')
    .trim()
    .split(/\s+/);
  return words.every((word) => word === '' || word.startsWith('*') || word.includes('='));
}

/** The names that `just <name>` runs without an argument: recipes and aliases of a justfile. Pure. */
export function justRecipes(justfile: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of logicalLines(justfile)) {
    const alias = /^alias\s+([A-Za-z_][\w-]*)\s*:=/.exec(line);
    if (alias?.[1] !== undefined) names.add(alias[1]);
    const recipe = /^@?([A-Za-z_][\w-]*)((?:\s+(?:'[^']*'|"[^"]*"|`[^`]*`|[^:'"`])+)?)\s*:(?!=)/.exec(line);
    if (recipe?.[1] !== undefined && needsNoArgument(recipe[2] ?? '')) names.add(recipe[1]);
  }
  return names;
}

/** The targets that a makefile names outright: no patterns, no `.PHONY`, no variables. Pure. */
export function makeTargets(makefile: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const line of logicalLines(makefile)) {
    const rule = /^([^\s#:=$][^#:=$]*?)\s*::?(?![:=])(.*)$/.exec(line);
    if (rule?.[1] === undefined) continue;
    // `test: CFLAGS = -g` sets a variable for a target and makes no rule.
    if (/^\s*(?:(?:export|override|private)\s+)*[\w.-]+\s*(?::{1,3}|[?+!])?=/.test(rule[2] ?? '')) continue;
    for (const name of rule[1].split(/\s+/))
      if (!name.startsWith('.') && !name.includes('%')) names.add(name);
  }
  return names;
}
