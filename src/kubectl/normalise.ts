/** The recordings' one normalisation: what chance or the clock decided becomes the name of its class. */
const CLASSES: readonly [RegExp, string][] = [
  [/\x1b\[[0-9;]*[A-Za-z]/g, ''],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, 'TIME'],
  [/(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4}/g, 'TIME'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'UID'],
  [/[0-9a-f]{64}/g, 'HEX64'],
  [/eyJ[\w.-]+/g, 'TOKEN'],
  [/^([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ /gm, '$1KLOG '],
  [/(LIVE|MERGED|kubectl-edit)-\d+/g, '$1-N'],
  [/(resourceVersion"?: "?)\d+/gi, '$1RV'],
  [/-[bcdfghjklmnpqrstvwxz2456789]{5}(?![\w-])/g, '-RAND'],
  [/\.[0-9a-f]{16}\b/g, '.EVENT'],
  [/\b(in )?[0-9.]+m?s \([0-9.]+m?s including waiting\)/g, 'DURATION'],
  [/(?<=[\s(])(\d+[smhdy]){1,2}(?=[\s)]|$)/gm, 'AGE'],
  [/(\S)  +/g, '$1  '],
]

export function normalise(text: string): string {
  return CLASSES.reduce((result, [pattern, name]) => result.replace(pattern, name), text).replace(
    /[ \t]+$/gm,
    '',
  )
}
