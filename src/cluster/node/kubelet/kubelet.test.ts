import { describe, expect, it } from 'vitest'
import type { Pod } from '../../../api/generated/types.ts'
import { Bench, states, timeOf } from './testing/bench.ts'

/** One container `c` of an image that the node has. */
const container = (command: readonly string[], more: object = {}) => ({
  containers: [{ name: 'c', image: 'app:1', command: ['act', ...command], ...more }],
})

const PRESENT =
  'Normal Pulled Container image "app:1" already present on machine and can be accessed by the pod'
const CREATED = 'Normal Created Container created'
const STARTED = 'Normal Started Container started'

describe('a Pod from creation to its end', () => {
  it('runs until it is deleted, and gets to end by itself', () => {
    const bench = new Bench()
    bench.run('web', container(['wait']))
    const coming = bench.watch('web', 5)
    expect(states(coming)).toEqual(['Pending', 'Pending c:ContainerCreating', 'Running ready c:running'])
    expect(timeOf(coming, 'Running')).toBeLessThan(1)
    bench.delete('web')
    const going = bench.watch('web', 5)
    expect(states(going)).toEqual([
      'Running ready c:running',
      'Succeeded c:Completed(0)',
      'gone Succeeded c:Completed(0)',
    ])
    expect(timeOf(going, 'gone')).toBeLessThan(1)
    expect(bench.events('web')).toEqual([PRESENT, CREATED, STARTED, 'Normal Killing Stopping container c'])
    expect(bench.runtime.sandboxes.size).toBe(0)
  })

  it('is killed when it will not end', () => {
    const bench = new Bench()
    bench.run('stubborn', { ...container(['sleep']), terminationGracePeriodSeconds: 8 })
    bench.watch('stubborn', 5)
    bench.delete('stubborn')
    const going = bench.watch('stubborn', 15)
    expect(states(going)).toEqual([
      'Running ready c:running',
      'Failed c:Error(137)',
      'gone Failed c:Error(137)',
    ])
    expect(Math.floor(timeOf(going, 'Failed'))).toBe(8)
  })

  it('still gets its time to end when its deletion is forced, though its object is gone already', () => {
    const bench = new Bench()
    bench.run('stubborn', container(['sleep']))
    bench.watch('stubborn', 5)
    bench.delete('stubborn', 0)
    expect(bench.pod('stubborn').kind).toBe('Status')
    bench.simulation.runFor(6000)
    expect(bench.runtime.sandboxes.size).toBe(0)
  })

  it('gets addresses in turn, which do not come back soon', () => {
    const bench = new Bench()
    const addresses = ['a', 'b', 'c'].map((name) => {
      bench.run(name, container(['wait']))
      bench.watch(name, 3)
      const { podIP } = bench.pod(name).status!
      bench.delete(name)
      bench.watch(name, 3)
      return podIP
    })
    expect(addresses).toEqual(['10.244.1.2', '10.244.1.3', '10.244.1.4'])
  })

  it.each([
    ['Always', 0, ['Running c:Completed(0)', 'Running ready c:running#1']],
    ['OnFailure', 0, ['Running c:Completed(0)', 'Succeeded c:Completed(0)']],
    ['OnFailure', 3, ['Running c:Error(3)', 'Running ready c:running#1']],
    ['Never', 3, ['Running c:Error(3)', 'Failed c:Error(3)']],
  ])('restartPolicy %s after exit code %i', (restartPolicy, code, expected) => {
    const bench = new Bench()
    bench.run('job', { ...container(['exit', String(code), 'after', '1']), restartPolicy })
    expect(states(bench.watch('job', 3.5)).slice(3, 5)).toEqual(expected)
    expect(bench.log('job')).toBe(`exiting ${code}\n`)
  })

  it('backs off for 10, 20, 40 ... seconds when it crashes again and again', () => {
    const bench = new Bench()
    bench.run('crash', container(['exit', '1', 'after', '1']))
    const lines = bench.watch('crash', 400)
    const restarts = lines
      .filter((line) => line.includes('running#'))
      .map((line) => Number(line.split(' ')[0]))
    const crashes = lines
      .filter((line) => line.includes('Error(1)'))
      .map((line) => Number(line.split(' ')[0]))
    const waits = restarts.map((at, index) => at - crashes[index]!)
    // The first restart is at once; then the back-off, times 1 to 1.5, and the time a start takes.
    for (const [index, least] of [0, 10, 20, 40, 80].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(least - 1)
      expect(waits[index]).toBeLessThan(least * 1.5 + 1)
    }
    expect(bench.events('crash')).toContainEqual(
      expect.stringMatching(
        /^Warning BackOff Back-off restarting failed container c in pod crash_default\(UID\) \(x\d\)$/,
      ),
    )
    expect(bench.pod('crash').status!.containerStatuses![0]!.lastState!.terminated!.reason).toBe('Error')
  })
})

describe('what keeps a container from starting', () => {
  const failed = (message: string) => `Warning Failed ${message}`
  it.each<[string, NonNullable<Pod['spec']>['containers'][number], string, string[]]>([
    [
      'an unknown tag',
      { name: 'c', image: 'app:nope' },
      'Pending c:ErrImagePull',
      [
        'Normal Pulling Pulling image "app:nope"',
        failed(
          'Failed to pull image "app:nope": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/app:nope": failed to resolve image: docker.io/library/app:nope: not found',
        ),
        failed('Error: ErrImagePull'),
        'Normal BackOff Back-off pulling image "app:nope"',
        failed('Error: ImagePullBackOff'),
      ],
    ],
    [
      'an image nobody has',
      { name: 'c', image: 'nosuchuser/nosuchrepo:1.0' },
      'Pending c:ErrImagePull',
      [
        'Normal Pulling Pulling image "nosuchuser/nosuchrepo:1.0"',
        failed(
          'Failed to pull image "nosuchuser/nosuchrepo:1.0": failed to pull and unpack image "docker.io/nosuchuser/nosuchrepo:1.0": failed to resolve image: pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
        ),
        failed('Error: ErrImagePull'),
        'Normal BackOff Back-off pulling image "nosuchuser/nosuchrepo:1.0"',
        failed('Error: ImagePullBackOff'),
      ],
    ],
    [
      'an image that must not be pulled',
      { name: 'c', image: 'other:1', imagePullPolicy: 'Never' },
      'Pending c:ErrImageNeverPull',
      [
        'Warning ErrImageNeverPull Container image "other:1" is not present with pull policy of Never',
        failed('Error: ErrImageNeverPull'),
      ],
    ],
    [
      'a missing ConfigMap',
      { name: 'c', image: 'app:1', envFrom: [{ configMapRef: { name: 'missing' } }] },
      'Pending c:CreateContainerConfigError',
      [`${PRESENT}`, failed('Error: configmap "missing" not found')],
    ],
    [
      'a missing key of a Secret that is there',
      {
        name: 'c',
        image: 'app:1',
        env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'creds', key: 'nope' } } }],
      },
      'Pending c:CreateContainerConfigError',
      [`${PRESENT}`, failed(`Error: couldn't find key nope in Secret default/creds`)],
    ],
    [
      'a command that does not exist',
      { name: 'c', image: 'app:1', command: ['nosuchcommand'] },
      'Running c:RunContainerError',
      [
        PRESENT,
        CREATED,
        failed(
          'Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "nosuchcommand": executable file not found in $PATH',
        ),
      ],
    ],
  ])('%s', (_, spec, status, events) => {
    const bench = new Bench()
    bench.api('POST', '/api/v1/namespaces/default/secrets', {
      metadata: { name: 'creds' },
      data: { password: 'czNjcmV0' },
    })
    bench.run('bad', { containers: [spec] })
    expect(bench.watch('bad', 0.9).at(-1)!.replace(/^\S+ /, '')).toBe(status)
    expect(bench.events('bad').map((line) => line.replace(/ \(x2\)$/, ''))).toEqual(events)
  })

  it('a missing Secret of a volume: nothing starts until it comes', () => {
    const bench = new Bench()
    bench.run('vol', { ...container(['sleep']), volumes: [{ name: 's', secret: { secretName: 'missing' } }] })
    expect(states(bench.watch('vol', 5))).toEqual(['Pending', 'Pending c:ContainerCreating'])
    expect(bench.events('vol')[0]).toContain(
      'Warning FailedMount MountVolume.SetUp failed for volume "s" : secret "missing" not found (x',
    )
    bench.api('POST', '/api/v1/namespaces/default/secrets', { metadata: { name: 'missing' } })
    expect(bench.watch('vol', 9).at(-1)).toContain('Running ready')
  })

  it('an image that must come first: it is told how long that took', () => {
    const bench = new Bench()
    bench.run('pull', { containers: [{ name: 'c', image: 'other:1' }] })
    bench.watch('pull', 3)
    expect(bench.events('pull').slice(0, 2)).toEqual([
      'Normal Pulling Pulling image "other:1"',
      expect.stringMatching(
        /^Normal Pulled Successfully pulled image "other:1" in \d+ms \(\d+ms including waiting\)\. Image size: 50000000 bytes\.$/,
      ),
    ])
  })
})

describe('init containers', () => {
  it('run one after the other, before the others', () => {
    const bench = new Bench()
    const init = (name: string) => ({ name, image: 'app:1', command: ['act', 'exit', '0', 'after', '2'] })
    bench.run('init', { initContainers: [init('i'), init('j')], ...container(['sleep']) })
    expect(states(bench.watch('init', 8))).toEqual([
      'Pending',
      'Pending i:PodInitializing j:PodInitializing c:PodInitializing',
      'Pending i:running j:PodInitializing c:PodInitializing',
      'Pending i:Completed(0) j:PodInitializing c:PodInitializing',
      'Pending i:Completed(0) j:running c:PodInitializing',
      'Pending i:Completed(0) j:Completed(0) c:PodInitializing',
      'Running ready i:Completed(0) j:Completed(0) c:running',
    ])
  })

  it('that restart always go on beside the others, and end after them', () => {
    const bench = new Bench()
    bench.run('side', {
      initContainers: [{ name: 's', image: 'app:1', command: ['act', 'wait'], restartPolicy: 'Always' }],
      ...container(['wait']),
    })
    expect(bench.watch('side', 3).at(-1)).toMatch(/Running ready s:running c:running$/)
    bench.delete('side')
    bench.watch('side', 3)
    expect(bench.events('side').slice(-2)).toEqual([
      'Normal Killing Stopping container c',
      'Normal Killing Stopping container s',
    ])
  })

  it('that fail keep the Pod from beginning', () => {
    const bench = new Bench()
    bench.run('fail', {
      initContainers: [{ name: 'i', image: 'app:1', command: ['act', 'exit', '1'] }],
      ...container(['sleep']),
      restartPolicy: 'Never',
    })
    expect(bench.watch('fail', 5).at(-1)).toMatch(/Failed i:Error\(1\) c:PodInitializing$/)
  })
})
