import { DESCRIBE } from './describe.ts'
import { DNS } from './dns.ts'
import { ERRORS_EXTRA } from './errors-extra.ts'
import { ERRORS } from './errors.ts'
import { GET } from './get.ts'
import { HANDS_ON } from './hands-on.ts'
import { IDLE } from './idle.ts'
import { SERVICES_DEEP } from './services-deep.ts'
import { TTY } from './tty.ts'
import { VERBS } from './verbs.ts'

/**
 * The sessions recorded on a real cluster that we hold ourselves to, `../recordings/NAME.jsonl`, and the steps in which
 * we differ from it, by number, each with its reason. The test fails when a step of the list is equal, too.
 */
export const KNOWN_DIFFERENCES: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  'hands-on': HANDS_ON,
  get: GET,
  describe: DESCRIBE,
  idle: IDLE,
  verbs: VERBS,
  errors: ERRORS,
  'errors-extra': ERRORS_EXTRA,
  'services-deep': SERVICES_DEEP,
  dns: DNS,
  tty: TTY,
}
