import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import { qualifiedKind, type ResourceType } from '../discovery.ts'
import { objectName, printerFor } from '../printers/printer.ts'

/** `service/web created`, or the object in the format of -o. */
export type Report = (object: KubeObject, operation: string, type?: ResourceType) => Blocking<void>

/** Prints what became of each object, as `-o` asks. @throws CommandError for an unknown format, before anything is done */
export function reporter(context: Context, options = { dryRunSuffix: true }): Report {
  const printer = printerFor(context, { nameOf: objectName })
  return function* (object, operation, type) {
    if (printer) yield* context.print(printer.print(object))
    else {
      const name = type ? `${qualifiedKind(type)}/${object.metadata?.name ?? ''}` : objectName(object)
      yield* context.printLine(`${name} ${operation}${options.dryRunSuffix ? context.dryRunSuffix : ''}`)
    }
  }
}
