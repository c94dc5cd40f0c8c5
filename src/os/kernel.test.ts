import { describe, expect, it } from 'vitest'
import { SystemError } from './process.ts'
import type { Process, Program } from './process.ts'
import { runProgram, testMachine } from './testing.ts'

const yes: Program = function* (process) {
  for (;;) yield* process.print('y\n')
}
const head: Program = function* (process) {
  const text = yield* process.read()
  yield* process.print(text!.slice(0, 4))
  return 0
}
const sleeper: Program = function* (process) {
  yield* process.sleep(10_000)
  return 0
}

describe('processes', () => {
  it('streams through a pipe; a writer without readers dies of SIGPIPE', () => {
    const result = runProgram(testMachine(), function* (process) {
      const { reader, writer } = process.pipe()
      const left = process.spawn(yes, { argv: ['yes'], files: new Map([[1, writer]]) })
      const right = process.spawn(head, {
        argv: ['head'],
        files: new Map([
          [0, reader],
          [1, process.files.get(1)!],
        ]),
      })
      const codes = [(yield* process.waitFor(left.pid)).status, (yield* process.waitFor(right.pid)).status]
      yield* process.print(JSON.stringify(codes))
      return 0
    })
    expect(result.stdout).toBe('y\ny\n[{"code":141,"signal":"SIGPIPE"},{"code":0}]')
  })

  it('runs a loop that never blocks in slices of virtual time, others getting their turn', () => {
    const spin: Program = function* (process) {
      for (;;) yield* process.compute()
    }
    const result = runProgram(testMachine(), function* (process) {
      const child = process.spawn(spin, { argv: ['spin'] })
      yield* process.sleep(1000)
      process.kill(child.pid, 'SIGKILL')
      return (yield* process.waitFor(child.pid)).status.code
    })
    expect(result.status).toEqual({ code: 137 })
    expect(result.ms).toBeGreaterThan(1000)
    expect(result.ms).toBeLessThan(1005)
  })

  it('runs finally blocks when killed, and gives up their waits', () => {
    const log: string[] = []
    const careful: Program = function* (process) {
      try {
        yield* process.sleep(1e9)
      } finally {
        log.push('cleaning')
        yield* process.sleep(1e9)
        log.push('never')
      }
      return 0
    }
    runProgram(testMachine(), function* (process) {
      const child = process.spawn(careful, { argv: ['careful'] })
      yield* process.sleep(10)
      process.kill(child.pid, 'SIGTERM')
      yield* process.waitFor(child.pid)
      return 0
    })
    expect(log).toEqual(['cleaning'])
  })

  it('keeps errors of a program inside the process', () => {
    const result = runProgram(testMachine(), function* (process) {
      const ends = []
      for (const error of [new SystemError('ENOENT'), new TypeError('oops')]) {
        const child = process.spawn(
          // eslint-disable-next-line require-yield
          function* () {
            throw error
          },
          { argv: ['/bin/bad'] },
        )
        ends.push((yield* process.waitFor(child.pid)).status.code)
      }
      yield* process.print(ends.join(' '))
      return 300
    })
    expect(result).toMatchObject({
      stdout: '1 139',
      stderr: 'bad: No such file or directory\nbad: internal error: TypeError: oops\n',
      status: { code: 44 },
    })
  })
})

describe('signals', () => {
  it('does not reach pid 1 from inside, nor from outside unless handled; SIGKILL from outside does', () => {
    const machine = testMachine()
    const { simulation, kernel } = machine
    let code: number | undefined
    kernel.start(sleeper, { argv: ['sleep'], onExit: (status) => (code = status.code) })
    simulation.runFor(10)
    kernel.kill(1, 'SIGTERM')
    simulation.runFor(10)
    expect(code).toBeUndefined()
    kernel.kill(1, 'SIGKILL')
    expect(code).toBe(137)
    expect(kernel.halted).toBe(true)
    expect(() => kernel.start(sleeper, { argv: [] })).toThrow('No such process')
  })

  it('takes everyone along when pid 1 ends', () => {
    const machine = testMachine()
    const ends: string[] = []
    machine.kernel.start(sleeper, { argv: ['main'] })
    machine.kernel.start(sleeper, { argv: ['exec'], onExit: (status) => ends.push(status.signal!) })
    machine.simulation.runFor(10)
    machine.kernel.kill(1, 'SIGKILL')
    expect(ends).toEqual(['SIGKILL'])
    expect(machine.kernel.processes()).toEqual([])
  })

  it('runs handlers and goes on waiting, but gives up an interruptible wait', () => {
    const log: unknown[] = []
    const program: Program = function* (process) {
      process.onSignal('SIGUSR1', (signal) => log.push(signal))
      yield* process.sleep(100)
      log.push(process.now() - process.machine.simulation.startMs > 99)
      log.push(yield* process.interruptible(process.sleep(1e9)))
      log.push(yield* process.interruptible(process.sleep(1)))
      return 0
    }
    const machine = testMachine()
    machine.kernel.start(program, { argv: ['p'] })
    for (const ms of [50, 100]) {
      machine.simulation.runFor(ms)
      machine.kernel.kill(1, 'SIGUSR1')
    }
    machine.simulation.runFor(10)
    expect(log).toEqual(['SIGUSR1', true, 'SIGUSR1', { interrupted: 'SIGUSR1' }, { value: undefined }])
  })

  it('does not lose a signal that comes between two waits of an interruptible stretch', () => {
    const log: unknown[] = []
    const machine = testMachine()
    const program: Program = function* (process) {
      process.onSignal('SIGUSR1', () => {})
      const twoWaits = function* () {
        yield* process.sleep(10)
        process.kill(1, 'SIGUSR1')
        yield* process.sleep(1e9)
      }
      log.push(yield* process.interruptible(twoWaits()))
      log.push(yield* process.interruptible(process.sleep(1)))
      return 0
    }
    expect(runProgram(machine, program).status).toEqual({ code: 0 })
    expect(log).toEqual([{ interrupted: 'SIGUSR1' }, { value: undefined }])
  })

  it('lets a handler end the process', () => {
    const machine = testMachine()
    let code: number | undefined
    const program: Program = function* (process) {
      process.onSignal('SIGTERM', () => process.exit(3))
      yield* process.sleep(1e9)
      return 0
    }
    machine.kernel.start(program, { argv: ['p'], onExit: (status) => (code = status.code) })
    machine.simulation.runFor(10)
    machine.kernel.kill(1, 'SIGTERM')
    expect(code).toBe(3)
  })

  it('stops and continues; the parent can see both', () => {
    const result = runProgram(testMachine(), function* (process) {
      const child = process.spawn(sleeper, { argv: ['sleep'], processGroup: 0 })
      yield* process.sleep(1)
      process.kill(-child.pid, 'SIGSTOP')
      const first = yield* process.waitFor(child.pid, { stopped: true })
      yield* process.sleep(20_000)
      process.kill(child.pid, 'SIGCONT')
      const second = yield* process.waitFor(child.pid)
      yield* process.print(JSON.stringify([first.status.stopped, second.status]))
      return 0
    })
    expect(result.stdout).toBe('["SIGSTOP",{"code":0}]')
    expect(result.ms).toBeLessThan(20_010)
  })

  it('gives orphans to pid 1, which reaps them or leaves zombies', () => {
    let orphan: Process | undefined
    const machine = testMachine()
    const parent: Program = function* (process) {
      orphan = process.spawn(sleeper, { argv: ['orphan'] })
      return 0
    }
    const result = runProgram(machine, function* (process) {
      yield* process.waitFor(process.spawn(parent, { argv: ['parent'] }).pid)
      yield* process.sleep(20_000)
      expect(orphan!.parentPid).toBe(1)
      expect(machine.kernel.processes().map((line) => line.state)).toEqual(['R', 'Z'])
      return (yield* process.waitFor()).status.code + 7
    })
    expect(result.status).toEqual({ code: 7 })
  })

  it('stops a fork bomb at the limit of the process table', () => {
    const bomb: Program = function* (process) {
      for (;;) {
        process.spawn(bomb, { argv: ['bomb'] })
        yield* process.compute()
      }
    }
    const machine = testMachine()
    const result = runProgram(machine, bomb, { limitMs: 200 })
    expect(machine.kernel.processes().length).toBeLessThanOrEqual(4096)
    expect(result.stderr).toMatch(/Resource temporarily unavailable/)
  })
})
