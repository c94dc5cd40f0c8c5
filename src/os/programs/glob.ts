import { BoundedRegExp } from './bounded-regex.ts'

/** fnmatch(3) as a regular expression for a whole name. */
export function globToRegex(pattern: string, options: { readonly ignoreCase?: boolean }): RegExp {
  let source = ''
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!
    if (character === '*') source += '.*'
    else if (character === '?') source += '.'
    else if (character === '\\' && at + 1 < pattern.length) source += escape(pattern[++at]!)
    else if (character === '[') {
      const set = /^\[([!^]?)(\]?[^\]]*)\]/.exec(pattern.slice(at))
      if (!set) source += '\\['
      else {
        source += `[${set[1] ? '^' : ''}${set[2]!.replace(/[\\\]]/g, '\\$&')}]`
        at += set[0].length - 1
      }
    } else source += escape(character)
  }
  return new BoundedRegExp(`^${source}$`, options.ignoreCase ? 'si' : 's')
}

const escape = (character: string): string => character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
