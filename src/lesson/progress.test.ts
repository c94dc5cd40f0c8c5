import { describe, expect, it } from 'vitest'
import type { KubernetesObject } from '../api/resource.ts'
import { Simulation } from '../sim/index.ts'
import { decodeLesson } from './decode.ts'
import type { CommandRun, LessonWorld, ProbeResult } from './lesson.ts'
import { LessonProgress } from './progress.ts'

/** A world that the test changes by hand. */
class HandMadeWorld implements LessonWorld {
  readonly simulation = new Simulation({ seed: 1 })
  objects: KubernetesObject[] = []
  answers: ProbeResult[] = []
  probed: string[] = []
  #changed = () => {}
  #ran: (run: CommandRun) => void = () => {}

  list = (kind: string) => this.objects.filter((object) => object.kind === kind)
  watch = (_kinds: readonly string[], changed: () => void) => {
    this.#changed = changed
    return () => {}
  }
  probe = ({ http }: { http?: string }, done: (result: ProbeResult) => void) => {
    this.probed.push(http!)
    done(this.answers.shift() ?? { ok: false, present: 'refused' })
  }
  onCommand = (listener: (run: CommandRun) => void) => {
    this.#ran = listener
    return () => {}
  }
  schedule = (delayMs: number, run: () => void) => this.simulation.schedule(delayMs, run)

  set(...objects: KubernetesObject[]): void {
    this.objects = objects
    this.#changed()
    this.simulation.runFor(150)
  }
  ran(run: CommandRun): void {
    this.#ran(run)
    this.simulation.runFor(150)
  }
}

const service = (spec: object): KubernetesObject =>
  ({ kind: 'Service', metadata: { name: 'web' }, spec }) as KubernetesObject

function follow(world: HandMadeWorld, steps: unknown, liveNames: string[] = []): LessonProgress {
  const progress = new LessonProgress(decodeLesson({ steps }), world, liveNames, () => {})
  world.simulation.runFor(150)
  return progress
}

const statesOf = (progress: LessonProgress) =>
  Object.fromEntries(
    progress.progress.steps.flatMap(({ tasks }) =>
      tasks.map((task) => [task.id, [task.state, task.unmet?.message, task.unmet?.present]]),
    ),
  )

describe('a lesson followed', () => {
  it('shows the first unmet check with its present value, and passes when the state does', () => {
    const world = new HandMadeWorld()
    const checks = [
      { kind: 'Service', name: 'web', cel: 'object.spec.type == "LoadBalancer"', message: 'inside' },
      { kind: 'Service', name: 'web', cel: 'object.spec.ports[0].port == 80', message: 'port' },
    ]
    const progress = follow(world, [{ id: 's', tasks: [{ id: 't', checks }] }])
    expect(statesOf(progress)).toEqual({ t: ['fail', 'inside', 'there is no Service web'] })
    world.set(service({ type: 'ClusterIP', ports: [{ port: 8080 }] }))
    expect(statesOf(progress)).toEqual({
      t: ['fail', 'inside', 'Service web: object.spec.type is "ClusterIP"'],
    })
    world.set(service({ type: 'LoadBalancer', ports: [{ port: 8080 }] }))
    expect(statesOf(progress)).toEqual({
      t: ['fail', 'port', 'Service web: object.spec.ports[0].port is 8080'],
    })
    world.set(service({ type: 'LoadBalancer', ports: [{ port: 80 }] }))
    expect(statesOf(progress)).toEqual({ t: ['pass', undefined, undefined] })
  })

  it('keeps a latch and lets a hold go', () => {
    const world = new HandMadeWorld()
    const checks = [{ kind: 'Service', name: 'web', cel: 'true' }]
    const progress = follow(world, [
      {
        id: 's',
        tasks: [
          { id: 'latch', checks },
          { id: 'hold', mode: 'hold', checks },
        ],
      },
    ])
    world.set(service({}))
    world.set()
    expect(statesOf(progress)).toEqual({
      latch: ['pass', undefined, undefined],
      hold: ['fail', undefined, 'there is no Service web'],
    })
  })

  it('waits for the tasks that one needs', () => {
    const world = new HandMadeWorld()
    const tasks = [
      { id: 'first', checks: [{ kind: 'Service', name: 'web', cel: 'true' }] },
      { id: 'second', needs: ['first'], checks: [{ kind: 'Pod', cel: 'items.size() == 0' }] },
    ]
    const progress = follow(world, [{ id: 's', tasks }])
    expect(statesOf(progress)['second']).toEqual(['pending', undefined, undefined])
    world.set(service({}))
    expect(statesOf(progress)['second']).toEqual(['pass', undefined, undefined])
  })

  it('captures on entering a step and compares later', () => {
    const world = new HandMadeWorld()
    const steps = [
      {
        id: 's',
        capture: { ip: { kind: 'Service', name: 'web', cel: 'object.spec.clusterIP' } },
        tasks: [
          {
            id: 'kept',
            mode: 'hold',
            checks: [{ kind: 'Service', name: 'web', cel: 'object.spec.clusterIP == vars.ip' }],
          },
        ],
      },
    ]
    world.objects = [service({ clusterIP: '10.96.0.7' })]
    const progress = follow(world, steps)
    expect(statesOf(progress)['kept']![0]).toBe('pass')
    world.set(service({ clusterIP: '10.96.0.8' }))
    expect(statesOf(progress)['kept']![0]).toBe('fail')
  })

  it('counts commands of the step alone, and tries while a task is open', () => {
    const world = new HandMadeWorld()
    const tasks = [
      {
        id: 't',
        checks: [
          { command: { on: 'pod/client', cel: 'argv[0] == "wget" && argv.exists(a, a.contains("web"))' } },
        ],
      },
    ]
    const progress = follow(world, [{ id: 's', tasks }])
    world.ran({ on: 'laptop', argv: ['wget', 'web'], exitCode: 0 })
    world.ran({ on: 'pod/client', argv: ['wget', 'web'], exitCode: 1 })
    expect(progress.progress.steps[0]!.tasks[0]).toMatchObject({ state: 'fail', tries: 2 })
    world.ran({ on: 'pod/client', argv: ['wget', '-qO-', 'web'], exitCode: 0 })
    expect(progress.progress.steps[0]!.tasks[0]).toMatchObject({ state: 'pass' })
  })

  it('repeats a probe while it fails, with what it needs filled in', () => {
    const world = new HandMadeWorld()
    world.answers = [
      { ok: false, present: 'refused' },
      { ok: true, present: 'status 200' },
    ]
    world.objects = [
      { ...service({}), status: { loadBalancer: { ingress: [{ ip: '203.0.113.10' }] } } } as KubernetesObject,
    ]
    const tasks = [
      { id: 't', checks: [{ probe: { from: 'laptop', http: 'http://{{services.web.externalIP}}/' } }] },
    ]
    const progress = follow(world, [{ id: 's', tasks }])
    expect(statesOf(progress)['t']).toEqual(['fail', undefined, 'refused'])
    world.simulation.runFor(2000)
    expect(statesOf(progress)['t']![0]).toBe('pass')
    expect(world.probed).toEqual(['http://203.0.113.10/', 'http://203.0.113.10/'])
  })

  it('blames the lesson for an expression that cannot be evaluated', () => {
    const world = new HandMadeWorld()
    world.objects = [service({})]
    const progress = follow(world, [
      { id: 's', tasks: [{ id: 't', checks: [{ kind: 'Service', name: 'web', cel: '1 + "a" == 2' }] }] },
    ])
    expect(statesOf(progress)['t']![0]).toBe('error')
  })

  it('takes a field that is not there yet for a state of the world', () => {
    const world = new HandMadeWorld()
    world.objects = [service({})]
    const progress = follow(world, [
      {
        id: 's',
        tasks: [{ id: 't', checks: [{ kind: 'Service', name: 'web', cel: 'object.status.x == 1' }] }],
      },
    ])
    expect(statesOf(progress)['t']).toEqual(['fail', undefined, 'Service web: status is not set'])
  })

  it('sees a dead end', () => {
    const world = new HandMadeWorld()
    world.objects = [service({})]
    const deadEnds = [{ absent: { kind: 'Service', name: 'web' }, message: 'gone', offer: ['rewind'] }]
    const progress = follow(world, [{ id: 's', deadEnds, tasks: [] }], ['services.web.clusterIP'])
    expect(progress.progress.deadEnd).toBeUndefined()
    world.set()
    expect(progress.progress.deadEnd).toEqual({ message: 'gone', offer: ['rewind'] })
  })
})
