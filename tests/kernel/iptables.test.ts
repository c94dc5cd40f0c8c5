/**
 * The kernel's own tools as judges: what our `iptables-save` prints, a real `iptables-restore --test` accepts; what a
 * real `iptables` prints or complains about, ours does too. In network namespaces of their own, so as root on Linux.
 */
import { expect, it } from 'vitest'
import { Netfilter, runIptables, runIptablesRestore, runIptablesSave } from '../../src/network/index.ts'
import { Simulation } from '../../src/sim/index.ts'
import { cluster, web } from '../packets/cluster.ts'
import { withoutAccounting } from './cluster.ts'
import { inNamespace, judgedBy, SHAPES } from './namespace.ts'

const judged = judgedBy('iptables --version | grep nf_tables', 'iptables')

judged('iptables-restore --test accepts our rules', () => {
  it.each(SHAPES)('%s', (_name, spec, endpoints) => {
    const { hosts } = cluster([web(spec as Parameters<typeof web>[0], endpoints)])
    const rules = runIptablesSave([], hosts['node-1']!.netfilter).stdout
    const { stderr, status } = inNamespace('iptables-restore --test', withoutAccounting(rules))
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    const saved = inNamespace('iptables-restore && iptables-save', withoutAccounting(rules)).stdout
    expect(withoutComments(saved)).toBe(withoutComments(withoutAccounting(rules)))
  })
})

const withoutComments = (text: string) => text.replace(/^#.*\n/gm, '')

judged('iptables says what the real one says', () => {
  const scripts: Readonly<Record<string, string>> = {
    'rules of all kinds': [
      'iptables -N FOO',
      'iptables -A FOO -s 10.0.0.0/8 ! -d 1.2.3.4 -i eth0 ! -o eth+ -p tcp -m tcp --dport 80 --sport 1:1024 -m comment --comment a -j ACCEPT',
      'iptables -A FOO -p udp --dport 53 -j REJECT',
      'iptables -A FOO -p tcp -j REJECT --reject-with tcp-reset',
      'iptables -A FOO -m statistic --mode nth --every 3 --packet 0 -j RETURN',
      'iptables -A FOO -m statistic --mode random --probability 0.33333333 -j DROP',
      'iptables -A FOO -p tcp -m multiport --dports 80,443,8000:9000 -j ACCEPT',
      'iptables -A FOO -m mark --mark 0x1 -j MARK --set-mark 5',
      'iptables -A FOO -m addrtype --src-type LOCAL --dst-type UNICAST -j LOG --log-prefix x:',
      'iptables -A FOO -m recent --name r --rcheck --seconds 10 --reap -j ACCEPT',
      'iptables -A FOO -m conntrack ! --ctstate NEW,ESTABLISHED -j DROP',
      'iptables -A FOO -p icmp --icmp-type echo-request -j ACCEPT',
      'iptables -A FOO -p tcp --syn -j ACCEPT',
      'iptables -A FOO -j MARK --or-mark 0x4000',
      'iptables -A FOO -j MARK --and-mark 0x4000',
      'iptables -t nat -A POSTROUTING -p tcp -j MASQUERADE --to-ports 1000-2000 --random',
      'iptables -t nat -A PREROUTING -p tcp -j DNAT --to-destination 1.2.3.4:80 --persistent',
      'iptables -t nat -A OUTPUT -p tcp --dport 81 -j REDIRECT --to-ports 8081',
      'iptables -A INPUT -j FOO',
      'iptables-save',
      'iptables -S',
      'iptables -L',
      'iptables -nvL --line-numbers',
      'iptables -t nat -L -n -v',
      'iptables -E FOO BAR',
      'iptables -I BAR 2 -d 10.1.2.3/255.255.0.0 -g BAR',
      'iptables -D BAR 1',
      'iptables -R BAR 1 -j DROP',
      'iptables -C BAR -j DROP',
      'iptables -S BAR',
    ].join('\n'),
    misunderstandings: [
      'iptables',
      'iptables -N FOO',
      'iptables -N FOO',
      'iptables -A INPUT -j FOO',
      'iptables -X FOO',
      'iptables -X NOPE',
      'iptables -D FOO 99',
      'iptables -D FOO -j ACCEPT',
      'iptables -A NOPE -j ACCEPT',
      'iptables -A FOO -j NOPE',
      'iptables -I FOO 99 -j ACCEPT',
      'iptables -t bogus -L',
      'iptables -L NOPE',
      'iptables -A INPUT -j DNAT --to-destination 1.2.3.4',
      'iptables -A INPUT -p tcp --dport foo -j ACCEPT',
      'iptables -A INPUT --dport 80 -j ACCEPT',
      'iptables -A INPUT -m tcp --dport 80',
      'iptables -A INPUT -s 300.1.1.1 -j ACCEPT',
      'iptables -A INPUT -s 1.2.3.4/40',
      'iptables -A INPUT -p foo',
      'iptables -A INPUT -o lo -j ACCEPT',
      'iptables -A INPUT extra',
      'iptables -A INPUT -A OUTPUT',
      'iptables -A',
      'iptables --bogus',
      'iptables -m bogus -A INPUT',
      'iptables -P FOO DROP',
      'iptables -P INPUT NOPE',
      'iptables -m mark -A INPUT',
      'iptables -A INPUT -m conntrack --ctstate BOGUS',
      'iptables -A INPUT -m recent',
      'iptables -A INPUT -j MARK',
      'iptables -A INPUT -m statistic --mode random',
      'iptables -D INPUT 0',
      'iptables -A INPUT ! ! -s 1.1.1.1',
      'iptables -A INPUT -j ACCEPT -j DROP',
    ].join('\n'),
  }

  it.each(Object.entries(scripts))('%s', (_name, script) => {
    const commands = script.split('\n')
    const echoed = commands
      .map((command) => `echo '$ ${command}'; ${command} 2>&1; echo "exit code $?"`)
      .join('\n')
    const real = inNamespace(echoed).stdout
    const netfilter = new Netfilter(new Simulation({ seed: 1 }), 'node')
    const ours = commands.map((command) => {
      const [program, ...argv] = command.split(' ')
      const { stdout, stderr, exitCode } = (program === 'iptables' ? runIptables : runIptablesSave)(
        argv,
        netfilter,
      )
      return `$ ${command}\n${stdout}${stderr}exit code ${exitCode}\n`
    })
    const normal = (text: string) => text.replace(/v1\.8\.\d+/g, 'v1.8').replace(/ on \w{3} \w{3} .*/g, '')
    expect(normal(ours.join(''))).toBe(normal(real))
  })

  it.each([
    ['a whole table', '*filter\n:FOO - [0:0]\n-A INPUT -j FOO\nCOMMIT\n'],
    ['a jump into nothing', '*filter\n-A INPUT -p tcp --dport foo -j ACCEPT\nCOMMIT\n'],
    ['no COMMIT', '*filter\n-A INPUT -j ACCEPT\n'],
    ['no such table', '*bogus\nCOMMIT\n'],
    ['garbage', '*filter\ngarbage\nCOMMIT\n'],
  ])('iptables-restore: %s', (_name, input) => {
    const real = inNamespace('iptables-restore 2>&1; echo "exit code $?"; iptables-save', input).stdout
    const netfilter = new Netfilter(new Simulation({ seed: 1 }), 'node')
    const { stderr, exitCode } = runIptablesRestore([], input, netfilter)
    const normal = (text: string) => withoutComments(text).replace(/v1\.8\.\d+/g, 'v1.8')
    expect(normal(`${stderr}exit code ${exitCode}\n${runIptablesSave([], netfilter).stdout}`)).toBe(
      normal(real),
    )
  })
})
