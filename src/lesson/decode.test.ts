import { describe, expect, it } from 'vitest'
import { decodeLesson, LessonFault } from './decode.ts'

const check = { kind: 'Pod', name: 'web', cel: 'true' }
const step = (task: object) => ({ steps: [{ id: 'one', tasks: [{ id: 'a', checks: [check], ...task }] }] })

function faultOf(spec: unknown): string {
  try {
    decodeLesson(spec)
    return 'none'
  } catch (error) {
    if (!(error instanceof LessonFault)) throw error
    return `${error.path.join('.')}: ${error.message}`
  }
}

describe('lesson.yaml is read strictly', () => {
  it.each([
    ['nothing', undefined, ': must be a mapping'],
    ['no steps', {}, ': "steps" is missing'],
    ['an unknown key', { ...step({}), stepz: [] }, 'stepz: unknown key "stepz"'],
    ['an unknown key deep inside', step({ checkz: [] }), 'steps.0.tasks.0.checkz: unknown key "checkz"'],
    ['a wrong mode', step({ mode: 'once' }), 'steps.0.tasks.0.mode: must be one of latch, hold'],
    ['a wrong type', step({ id: 7 }), 'steps.0.tasks.0.id: must be a string'],
    [
      'a need that comes later',
      step({ needs: ['b'] }),
      'steps.0.tasks.0.needs: no task "b" comes before "a"',
    ],
    [
      'a check without an expression',
      step({ checks: [{ kind: 'Pod' }] }),
      'steps.0.tasks.0.checks.0: "cel" is missing',
    ],
    ['a right one', step({}), 'none'],
  ])('%s', (_what, spec, fault) => expect(faultOf(spec)).toBe(fault))

  it('fills in what is left out', () => {
    expect(decodeLesson(step({}))).toEqual({
      difficulty: undefined,
      duration: undefined,
      seed: 1,
      cluster: {},
      targets: ['simulator'],
      layout: undefined,
      steps: [
        {
          id: 'one',
          capture: {},
          deadEnds: [],
          tasks: [
            {
              id: 'a',
              mode: 'latch',
              needs: [],
              checks: [
                {
                  type: 'cel',
                  message: undefined,
                  kind: 'Pod',
                  namespace: undefined,
                  name: 'web',
                  labels: undefined,
                  cel: 'true',
                },
              ],
            },
          ],
        },
      ],
    })
  })
})
