import type { Blocking } from '../../os/process.ts'
import type { KubeObject } from '../api.ts'
import type { Context } from '../context.ts'
import { qualifiedKind, type ResourceType } from '../discovery.ts'
import { objectName, printerFor } from '../printers/printer.ts'

/** `service/web created`, or the object in the format of -o. */
export type Report = (object: KubeObject, operation: string, type?: ResourceType) => Blocking<void>

interface ReportOptions {
  /** Default true. */
  readonly dryRunSuffix?: boolean
  /** Each object has a printer of its own: YAML documents then follow one another without a line between. */
  readonly alone?: boolean
}

/** As `reporter`, but an unknown format is found only when the first object is printed. */
export function lateReporter(context: Context, options: ReportOptions = {}): Report {
  return function* (object, operation, type) {
    yield* reporter(context, options)(object, operation, type)
  }
}

/** Prints what became of each object, as `-o` asks. @throws CommandError for an unknown format, before anything is done */
export function reporter(context: Context, options: ReportOptions = {}): Report {
  const first = printerFor(context, { nameOf: objectName })
  return function* (object, operation, type) {
    const printer = options.alone ? printerFor(context, { nameOf: objectName }) : first
    if (printer) yield* context.print(printer.print(object))
    else {
      const name = type
        ? `${qualifiedKind(type)}/${object.metadata?.name || '<unknown>'}`
        : objectName(object)
      yield* context.printLine(
        `${name} ${operation}${options.dryRunSuffix === false ? '' : context.dryRunSuffix}`,
      )
    }
  }
}
