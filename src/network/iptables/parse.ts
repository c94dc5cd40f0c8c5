import { networkOf, parseAddress, prefix, tryParseAddress, type Prefix } from '../address.ts'
import { matchExtension, type Match } from '../netfilter/matches.ts'
import { IptablesError, type Extension, type Option } from '../netfilter/options.ts'
import { Rule, type RuleSpec } from '../netfilter/rule.ts'
import { ACCEPT, DROP, RETURN, targetExtension, type Target } from '../netfilter/targets.ts'
import {
  FLAGS,
  KNOWN_PROTOCOLS,
  LONG,
  MAX_CHAIN_NAME,
  MAX_INTERFACE_NAME,
  PROTOCOL_NAMES,
  VERBS,
  type Command,
} from './words.ts'

interface Loaded {
  readonly extension: Extension<Match | Target>
  readonly draft: unknown
}

/** Reads the words of one command. @throws IptablesError with the message of the real program. */
export function parseCommand(words: readonly string[]): Command {
  return new Parser(words).parse()
}

class Parser {
  readonly #words: string[]
  readonly #command: Command = {
    ...{ verb: undefined, table: undefined, chain: undefined, number: undefined, argument: undefined },
    ...{ numeric: false, verbose: false, lineNumbers: false, rules: [] },
  }
  readonly #spec: { -readonly [Key in keyof RuleSpec]: RuleSpec[Key] } = {}
  readonly #matches: Loaded[] = []
  #target: Loaded | undefined
  #sources: readonly Prefix[] = []
  #destinations: readonly Prefix[] = []
  #not = false

  constructor(words: readonly string[]) {
    this.#words = [...words]
  }

  parse(): Command {
    for (let word = this.#words.shift(); word !== undefined; word = this.#words.shift()) {
      if (word === '!') this.#bang()
      else if (word.startsWith('--')) this.#long(word)
      else if (word.startsWith('-') && word.length > 1) this.#short(word)
      else throw new IptablesError(`Bad argument \`${word}'`, 2, false)
    }
    if (this.#not) throw new IptablesError('nothing appropriate following !')
    if (this.#command.verb === undefined) throw new IptablesError('no command specified')
    this.#command.rules = this.#rules()
    return this.#command
  }

  #bang(): void {
    if (this.#not) throw new IptablesError('multiple consecutive ! not allowed')
    this.#not = true
    if (this.#words.length === 0) throw new IptablesError('nothing appropriate following !')
  }

  #long(word: string): void {
    const equals = word.indexOf('=')
    const name = equals < 0 ? word : word.slice(0, equals)
    if (equals >= 0) this.#words.unshift(word.slice(equals + 1))
    const short = LONG[name]
    if (short) this.#option(short, name)
    else this.#extensionOption(name)
    this.#not = false
  }

  /** `-nvL INPUT`: flags may be joined, and the last may have its argument attached. */
  #short(word: string): void {
    for (let index = 1; index < word.length; index++) {
      const letter = word[index]!
      if (!FLAGS.includes(letter) && index + 1 < word.length) {
        const rest = word.slice(index + 1)
        if (VERBS[letter]?.chain === 'may' && FLAGS.includes(rest[0]!)) {
          this.#words.unshift(`-${rest}`)
          this.#deferred(letter)
          return
        }
        this.#words.unshift(rest)
        index = word.length
      }
      this.#option(letter, `-${letter}`)
    }
    this.#not = false
  }

  /** A listing verb in the middle of joined flags has no chain of its own. */
  #deferred(letter: string): void {
    this.#verb(letter)
    this.#short(this.#words.shift()!)
    if (this.#hasArgument()) this.#command.chain = this.#words.shift()
  }

  #option(letter: string, name: string): void {
    const command = this.#command
    if (VERBS[letter]) return this.#takeVerb(letter, name)
    switch (letter) {
      case 't':
        command.table = this.#argument(name)
        break
      case 'p':
        this.#protocol(this.#argument(name))
        break
      case 's':
        this.#sources = this.#addresses(this.#argument(name))
        this.#spec.source = this.#negated({ prefix: this.#sources[0]! })
        break
      case 'd':
        this.#destinations = this.#addresses(this.#argument(name))
        this.#spec.destination = this.#negated({ prefix: this.#destinations[0]! })
        break
      case 'i':
        this.#spec.in = this.#negated({ name: this.#interface(this.#argument(name)) })
        break
      case 'o':
        this.#spec.out = this.#negated({ name: this.#interface(this.#argument(name)) })
        break
      case 'm':
        this.#match(this.#argument(name))
        break
      case 'j':
      case 'g':
        this.#jump(this.#argument(name), letter)
        break
      case 'w':
        if (this.#hasArgument()) this.#words.shift()
        break
      case 'V':
        command.verb = 'V'
        break
      case 'n':
        command.numeric = true
        break
      case 'v':
        command.verbose = true
        break
      case '0':
        command.lineNumbers = true
        break
      case 'x':
      case '4':
        break
      default:
        throw new IptablesError(`unknown option "${name}"`)
    }
  }

  #takeVerb(letter: string, name: string): void {
    const { chain, then } = VERBS[letter]!
    const command = this.#command
    this.#verb(letter)
    if (chain === 'must') command.chain = this.#argument(name)
    else if (this.#hasArgument()) command.chain = this.#words.shift()
    if (command.chain !== undefined && command.chain.length >= MAX_CHAIN_NAME && letter !== 'X') {
      throw new IptablesError(
        `chain name \`${command.chain}' too long (must be under ${MAX_CHAIN_NAME} chars)`,
      )
    }
    if (then === 'number' && this.#hasArgument()) {
      const text = this.#words.shift()!
      command.number = /^\d+$/.test(text) ? Number(text) : 0
      if (command.number < 1) throw new IptablesError(`Invalid rule number \`${text}'`)
    }
    if (then === 'word') {
      command.argument = this.#words.shift()
      if (command.argument === undefined) {
        throw new IptablesError(
          `-${letter} requires ${letter === 'P' ? 'a chain and a policy' : 'old-chain-name and new-chain-name'}`,
        )
      }
    }
    if (letter === 'R' && command.number === undefined) throw new IptablesError('-R requires a rule number')
  }

  #verb(letter: string): void {
    const { verb } = this.#command
    if (verb !== undefined && verb !== letter && !(verb + letter === 'LZ' || verb + letter === 'ZL')) {
      throw new IptablesError(`Cannot use -${letter} with -${verb}`)
    }
    if (verb === letter) throw new IptablesError(`Cannot use -${letter} with -${verb}`)
    this.#command.verb = letter
  }

  #protocol(text: string): void {
    const lower = text.toLowerCase()
    if (lower === 'all' || lower === '0') return
    const name = PROTOCOL_NAMES[lower] ?? lower
    if (!KNOWN_PROTOCOLS.includes(name) && !/^\d{1,3}$/.test(name)) {
      throw new IptablesError(`unknown protocol "${text}" specified`)
    }
    this.#spec.protocol = this.#negated({ name })
  }

  #match(name: string): void {
    const extension = matchExtension(name)
    if (!extension) throw new IptablesError(`Couldn't load match \`${name}':No such file or directory\n`)
    this.#matches.push({ extension, draft: extension.start() })
  }

  #jump(name: string, letter: 'j' | 'g'): void {
    if (this.#target || this.#spec.target) throw new IptablesError(`multiple -${letter} flags not allowed`)
    const extension = letter === 'j' ? targetExtension(name) : undefined
    if (extension) this.#target = { extension, draft: extension.start() }
    else
      this.#spec.target =
        letter === 'j' ? (VERDICTS[name] ?? { kind: 'jump', chain: name }) : { kind: 'goto', chain: name }
  }

  /** An option of a module that was named, or of the protocol's own, which needs no `-m`. */
  #extensionOption(name: string): void {
    const loaded = [this.#target, ...[...this.#matches].reverse()].find((one) => one?.extension.options[name])
    if (loaded) return this.#apply(loaded, name)
    const { protocol } = this.#spec
    const own = protocol && !protocol.not ? matchExtension(protocol.name) : undefined
    if (!own?.options[name]) throw new IptablesError(`unknown option "${name}"`)
    const added = { extension: own, draft: own.start() }
    this.#matches.push(added)
    this.#apply(added, name)
  }

  #apply({ extension, draft }: Loaded, name: string): void {
    const option = extension.options[name] as Option<unknown>
    let value = option.takes ? this.#argument(name) : ''
    if (option.takes === 2) value += ` ${this.#argument(name)}`
    if (name === '--tcp-flags') value += ` ${this.#argument(name)}`
    option.read(draft, value, this.#not)
  }

  #addresses(text: string): Prefix[] {
    return text.split(',').map((word) => {
      const [host = '', mask, rest] = word.split('/')
      const address = host === 'localhost' ? parseAddress('127.0.0.1') : tryParseAddress(host)
      if (address === undefined || rest !== undefined)
        throw new IptablesError(`host/network \`${host}' not found`)
      return networkOf(prefix(address, mask === undefined ? 32 : maskLength(mask)))
    })
  }

  #interface(name: string): string {
    if (name.length > MAX_INTERFACE_NAME) {
      throw new IptablesError(
        `interface name \`${name}' must be shorter than IFNAMSIZ (${MAX_INTERFACE_NAME})`,
      )
    }
    return name
  }

  #negated<T extends object>(condition: T): T & { not?: boolean } {
    return this.#not ? { ...condition, not: true } : condition
  }

  #argument(name: string): string {
    const word = this.#words.shift()
    if (word === undefined) throw new IptablesError(`option "${name}" requires an argument`)
    return word
  }

  #hasArgument(): boolean {
    const next = this.#words[0]
    return next !== undefined && !next.startsWith('-') && next !== '!'
  }

  #rules(): Rule[] {
    const { verb = '', chain = '' } = this.#command
    const spec = this.#spec
    if (!'ACDIR'.includes(verb) || (verb === 'D' && this.#command.number !== undefined)) return []
    if (spec.in && (chain === 'OUTPUT' || chain === 'POSTROUTING'))
      throw new IptablesError(`Can't use -i with ${chain}\n`)
    if (spec.out && (chain === 'INPUT' || chain === 'PREROUTING'))
      throw new IptablesError(`Can't use -o with ${chain}\n`)
    const matches = this.#matches.map(({ extension, draft }) => extension.finish(draft as never) as Match)
    for (const { kind } of matches) this.#checkProtocol(kind)
    const target =
      (this.#target?.extension.finish(this.#target.draft as never) as Target | undefined) ?? spec.target
    if ((target?.kind === 'DNAT' || target?.kind === 'SNAT') && target.port !== undefined && !spec.protocol) {
      throw new IptablesError('Need TCP, UDP, SCTP or DCCP with port specification')
    }
    const whole = { ...spec, ...(matches.length > 0 && { matches }), ...(target && { target }) }
    const rules: Rule[] = []
    for (const source of this.#sources.length > 0 ? this.#sources : [undefined]) {
      for (const destination of this.#destinations.length > 0 ? this.#destinations : [undefined]) {
        rules.push(
          new Rule({
            ...whole,
            ...(source && { source: { ...spec.source, prefix: source } }),
            ...(destination && { destination: { ...spec.destination, prefix: destination } }),
          }),
        )
      }
    }
    return rules
  }

  #checkProtocol(kind: Match['kind']): void {
    if (kind !== 'tcp' && kind !== 'udp') return
    const { protocol } = this.#spec
    if (protocol?.name === kind && !protocol.not) return
    throw new IptablesError(`${kind.toUpperCase()} match requires '-p ${kind}'`)
  }
}

const VERDICTS: Readonly<Record<string, Target>> = { ACCEPT, DROP, RETURN }

/** `16` or `255.255.0.0`. */
function maskLength(text: string): number {
  const bits = tryParseAddress(text)
  const length =
    bits === undefined
      ? /^\d+$/.test(text)
        ? Number(text)
        : NaN
      : bits.toString(2).replaceAll('0', '').length
  if (!(length <= 32)) throw new IptablesError(`invalid mask \`${text}' specified`)
  return length
}
