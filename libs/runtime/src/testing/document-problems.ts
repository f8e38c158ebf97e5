import { Validator } from '@seriousme/openapi-schema-validator';

/** What is wrong with an OpenAPI 3.1 document as others read it, loose references included; empty if nothing is. */
export async function documentProblems(document: object): Promise<string[]> {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(document)));
  const problems = valid ? [] : [JSON.stringify(errors)];
  return validator.version === '3.1' ? problems : [...problems, `its version is ${validator.version}`];
}
