import { Validator } from '@seriousme/openapi-schema-validator';

/**
 * Defects of an OpenAPI 3.1 document according to an independent validator, dangling references included; empty if it
 * is valid.
 */
export async function documentProblems(document: object): Promise<string[]> {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(document)));
  const problems = valid ? [] : [JSON.stringify(errors)];
  return validator.version === '3.1' ? problems : [...problems, `its version is ${validator.version}`];
}
