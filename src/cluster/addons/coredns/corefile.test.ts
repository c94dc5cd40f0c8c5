import { describe, expect, it } from 'vitest'
import { CorefileError, parseCorefile } from './corefile.ts'

const none = new Map<string, string>()

describe('a Corefile', () => {
  it('has server blocks of directives, which have blocks of their own', () => {
    const text = `
# kubeadm's
.:53 {
    errors
    health {
       lameduck 5s
    }
    forward . /etc/resolv.conf {
       max_concurrent 1000
    }
}
example.org, example.net:1053 { whoami
}
`
    expect(parseCorefile(text, none)).toEqual([
      {
        keys: ['.:53'],
        directives: [
          { name: 'errors', args: [], block: [], line: 4 },
          {
            name: 'health',
            args: [],
            block: [{ name: 'lameduck', args: ['5s'], block: [], line: 6 }],
            line: 5,
          },
          {
            name: 'forward',
            args: ['.', '/etc/resolv.conf'],
            block: [{ name: 'max_concurrent', args: ['1000'], block: [], line: 9 }],
            line: 8,
          },
        ],
      },
      {
        keys: ['example.org', 'example.net:1053'],
        directives: [{ name: 'whoami', args: [], block: [], line: 12 }],
      },
    ])
  })

  it('takes words in quotes, the environment, and snippets', () => {
    const text =
      '(common) {\n errors\n log\n}\n. {\n import common\n template ANY A { answer "{{ .Name }} 60 IN A {$IP}" }\n}'
    const [block] = parseCorefile(text, new Map([['IP', '10.0.0.1']]))
    expect(block!.directives.map(({ name }) => name)).toEqual(['errors', 'log', 'template'])
    expect(block!.directives[2]!.block[0]!.args).toEqual(['{{ .Name }} 60 IN A 10.0.0.1'])
  })

  it.each([
    ['.:53 {\n errors\n', 'Unexpected EOF'],
    ['}', `Unexpected '}' because no matching opening brace`],
    ['. {\n import nosuch\n}', 'File to import not found: nosuch'],
  ])('%j: %s', (text, message) => {
    expect(() => parseCorefile(text, none)).toThrow(CorefileError)
    expect(() => parseCorefile(text, none)).toThrow(message)
  })
})
