import type { Plugin } from '../plugin.ts'

/** Prints what other plugins report: an upstream that does not answer, mostly. */
export const errors: Plugin = {
  name: 'errors',
  setUp: (_directive, setup) => ({
    handle: (next) => (request, reply) => {
      const report = (text: string) =>
        setup.log('ERROR', `plugin/errors: 2 ${request.question.name} ${request.question.type}: ${text}`)
      reporters.set(request.message, report)
      next(request, reply)
    },
  }),
}

/** Who wants to know of what goes wrong with a message. */
const reporters = new WeakMap<object, (text: string) => void>()

export const reportError = (message: object, text: string): void => reporters.get(message)?.(text)
