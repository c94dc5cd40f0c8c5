/** Stands in for prettier, which monaco-yaml would only use for formatting; that is switched off. */
export const format = (): never => {
  throw new Error('formatting is switched off')
}
