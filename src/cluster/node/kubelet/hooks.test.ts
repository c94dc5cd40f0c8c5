import { describe, expect, it } from 'vitest'
import { Bench } from './testing/bench.ts'

const withHooks = (lifecycle: object, command = ['act', 'wait']) => ({
  terminationGracePeriodSeconds: 10,
  containers: [{ name: 'c', image: 'app:1', command, lifecycle }],
})

describe('lifecycle hooks', () => {
  it.each([
    ['sleep', { sleep: { seconds: 5 } }, '5.'],
    ['a command', { exec: { command: ['act', 'exit', '0', 'after', '3'] } }, '3.'],
    ['one that takes all of the grace period', { sleep: { seconds: 60 } }, '12.'],
  ])('preStop holds the stop signal back: %s', (_, preStop, seconds) => {
    const bench = new Bench()
    bench.run('web', withHooks({ preStop }, seconds === '12.' ? ['act', 'sleep'] : ['act', 'wait']))
    bench.watch('web', 3)
    bench.delete('web')
    const end = bench.watch('web', 70).find((line) => /(Succeeded|Failed)/.test(line))!
    expect(end.startsWith(seconds)).toBe(true)
  })

  it('the endpoint is leaving, yet it serves, while preStop holds', () => {
    const bench = new Bench()
    bench.run('web', withHooks({ preStop: { sleep: { seconds: 5 } } }))
    bench.watch('web', 3)
    bench.delete('web')
    bench.simulation.runFor(2000)
    expect(bench.pod('web').metadata!.deletionTimestamp).toBeDefined()
    expect(bench.pod('web').status!.conditions!.find(({ type }) => type === 'Ready')!.status).toBe('True')
  })

  it('postStart that fails has the container killed and started again', () => {
    const bench = new Bench()
    bench.run('web', withHooks({ postStart: { exec: { command: ['act', 'exit', '1'] } } }))
    bench.watch('web', 6)
    expect(bench.events('web')).toContain('Warning FailedPostStartHook PostStartHook failed (x2)')
    expect(bench.pod('web').status!.containerStatuses![0]!.restartCount).toBe(1)
  })
})
