/** The alphabet of generated names and hashes: no vowels, nothing that looks like another. */
export const KUBERNETES_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** Checks of names, as `k8s.io/apimachinery/pkg/util/validation` words them. Each returns a message per fault. */

const DNS1123_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const DNS1123_SUBDOMAIN = `${DNS1123_LABEL}(\\.${DNS1123_LABEL})*`
const QUALIFIED_NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const LABEL_VALUE = `(${QUALIFIED_NAME})?`

const whole = (pattern: string) => new RegExp(`^(?:${pattern})$`)
const dns1123Label = whole(DNS1123_LABEL)
const dns1123Subdomain = whole(DNS1123_SUBDOMAIN)
const qualifiedName = whole(QUALIFIED_NAME)
const labelValue = whole(LABEL_VALUE)

const tooLong = (max: number) => `must be no more than ${max} characters`

/** The wording of a regular expression's fault: its rule, examples, the expression. */
function mismatch(rule: string, pattern: string, ...examples: readonly string[]): string {
  const list = examples.map((example) => `'${example}', `).join(' or ')
  return `${rule} (e.g. ${list}regex used for validation is '${pattern}')`
}

const DNS1123_LABEL_MESSAGE = mismatch(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  DNS1123_LABEL,
  'my-name',
  '123-abc',
)
const DNS1123_SUBDOMAIN_MESSAGE = mismatch(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  DNS1123_SUBDOMAIN,
  'example.com',
)
const QUALIFIED_NAME_MESSAGE = mismatch(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  QUALIFIED_NAME,
  'MyName',
  'my.name',
  '123-abc',
)
const LABEL_VALUE_MESSAGE = mismatch(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  LABEL_VALUE,
  'MyValue',
  'my_value',
  '12345',
)

function check(value: string, max: number, pattern: RegExp, message: string): string[] {
  const faults: string[] = []
  if (value.length > max) faults.push(tooLong(max))
  if (!pattern.test(value)) faults.push(message)
  return faults
}

/** A label of RFC 1123: container, port and Service names. */
export function checkDns1123Label(value: string): string[] {
  if (value.includes('.') && dns1123Subdomain.test(value)) {
    return [...(value.length > 63 ? [tooLong(63)] : []), 'must not contain dots']
  }
  return check(value, 63, dns1123Label, DNS1123_LABEL_MESSAGE)
}

/** A subdomain of RFC 1123: the names of most objects. */
export function checkDns1123Subdomain(value: string): string[] {
  return check(value, 253, dns1123Subdomain, DNS1123_SUBDOMAIN_MESSAGE)
}

/** `name` or `prefix/name`: keys of labels, annotations, taints, resources. */
export function checkQualifiedName(value: string): string[] {
  const parts = value.split('/')
  const faults: string[] = []
  if (parts.length > 2) {
    return [
      `a qualified name ${QUALIFIED_NAME_MESSAGE.replace(' (e.g.', ' (e.g.')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  const name = parts.at(-1)!
  if (parts.length === 2) {
    if (parts[0] === '') faults.push('prefix part must be non-empty')
    else faults.push(...checkDns1123Subdomain(parts[0]!).map((fault) => `prefix part ${fault}`))
  }
  if (name === '') faults.push('name part must be non-empty')
  else if (name.length > 63) faults.push(`name part ${tooLong(63)}`)
  if (!qualifiedName.test(name)) faults.push(`name part ${QUALIFIED_NAME_MESSAGE}`)
  return faults
}

export function checkLabelValue(value: string): string[] {
  return check(value, 63, labelValue, LABEL_VALUE_MESSAGE)
}

/** The name of a port (`IsValidPortName`): an IANA service name. */
export function checkPortName(value: string): string[] {
  const faults: string[] = []
  if (value.length > 15) faults.push('must be no more than 15 characters')
  if (!/^[-a-z0-9]*$/.test(value))
    faults.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(value)) faults.push('must contain at least one letter (a-z)')
  if (value.includes('--')) faults.push('must not contain consecutive hyphens')
  if (value.startsWith('-') || value.endsWith('-')) faults.push('must not begin or end with a hyphen')
  return faults
}

export function checkPortNumber(value: number): string[] {
  return value >= 1 && value <= 65535 ? [] : ['must be between 1 and 65535, inclusive']
}

/** Environment variable names: anything printable but `=`. */
export function checkEnvVarName(value: string): string[] {
  if (value === '') return ['environment variable name must be non-empty']
  return /^[ -<>-~]+$/.test(value)
    ? []
    : [
        mismatch(
          "a valid environment variable name must consist only of printable ASCII characters other than '='",
          '[ -<>-~]+',
          'my.env-name',
          'MY_ENV.NAME',
          'MyEnvName1',
        ),
      ]
}

/** Keys of ConfigMaps and Secrets. */
export function checkConfigMapKey(value: string): string[] {
  const faults: string[] = []
  if (value.length > 253) faults.push(tooLong(253))
  if (!/^[-._a-zA-Z0-9]+$/.test(value)) {
    faults.push(
      mismatch(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        '[-._a-zA-Z0-9]+',
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    )
  }
  if (value === '.') faults.push("must not be '.'")
  else if (value === '..') faults.push("must not be '..'")
  else if (value.startsWith('..')) faults.push("must not start with '..'")
  return faults
}

/** Names of roles and others that may be any path segment. */
export function checkPathSegment(value: string): string[] {
  if (value === '.' || value === '..') return [`may not be '${value}'`]
  return ['/', '%']
    .filter((illegal) => value.includes(illegal))
    .map((illegal) => `may not contain '${illegal}'`)
}
