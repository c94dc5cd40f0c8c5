/** Flags as Go programs take them: `-text=hello`, `--text hello`. The last of a name counts. */
export function goFlags(args: readonly string[]): Map<string, string> {
  const options = new Map<string, string>()
  for (let index = 0; index < args.length; index++) {
    const [name = '', value] = args[index]!.replace(/^--?/, '').split(/=(.*)/s)
    options.set(name, value ?? args[++index] ?? '')
  }
  return options
}
