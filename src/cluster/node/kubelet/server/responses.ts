import type { Status } from '../../../../api/generated/types.ts'
import type { Answer, ApiRequest } from '../../../../api/wire.ts'

export const textResponse = (status: number, body: string): Answer => ({
  kind: 'response',
  response: { status, contentType: 'text/plain', warnings: [], body },
})

export const statusResponse = (status: Status): Answer => ({
  kind: 'response',
  response: { status: status.code ?? 500, contentType: 'application/json', warnings: [], body: status },
})

/** One value of a query parameter; the first when there are several. */
export function parameter(request: ApiRequest, name: string): string | undefined {
  const value = request.query?.[name]
  return typeof value === 'string' ? value : value?.[0]
}

export function parameters(request: ApiRequest, name: string): readonly string[] {
  const value = request.query?.[name]
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}

/** `true`, `1`, or the bare name. */
export function flag(request: ApiRequest, ...names: readonly string[]): boolean {
  return names.some((name) => {
    const value = parameter(request, name)
    return value !== undefined && value !== 'false' && value !== '0'
  })
}
