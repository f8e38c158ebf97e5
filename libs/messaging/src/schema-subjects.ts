import { RegistryUnavailableError } from './codec-errors.js';
import { askRegistry, type RegistryAddress } from './registry-request.js';

/** The subjects that a schema is a version of. @throws RegistryUnavailableError */
export async function subjectsOfSchema(address: RegistryAddress, id: number): Promise<string[]> {
  try {
    const { ok, status, text } = await askRegistry(address, `/schemas/ids/${id}/versions`);
    if (!ok) throw new Error(`the registry answered ${status}`);
    return (JSON.parse(text) as { readonly subject: string }[]).map(({ subject }) => subject);
  } catch (cause) {
    throw new RegistryUnavailableError(`cannot ask which subjects schema ${id} is of`, { cause });
  }
}
