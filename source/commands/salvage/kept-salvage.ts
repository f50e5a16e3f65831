import type { Project } from '../../engine/open-project.js';
import { plainText } from '../../engine/plain-text.js';
import { findSalvage, type KeptSalvage, listSalvages } from '../../engine/salvages.js';
import { Refusal } from '../command.js';

/** The salvage that was named by its ref or its task; throws a {@link Refusal} when there is none. */
export async function keptSalvage(project: Project, name: string): Promise<KeptSalvage> {
  const found = findSalvage(await listSalvages(project), name);
  if (found) return found;
  throw new Refusal(`nothing is kept as or of "${plainText(name)}". hew loop salvage list shows what is.`);
}
