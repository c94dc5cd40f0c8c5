import { readFileSync } from 'node:fs'

type Descriptions = Readonly<Record<string, Readonly<Record<string, string>>>>

let loaded: Descriptions | undefined

/** The prose of all fields, as `npm run generate` leaves it; read when first asked for. */
export function loadDescriptions(): Descriptions {
  const path = new URL('../api/generated/descriptions.json', import.meta.url)
  return (loaded ??= JSON.parse(readFileSync(path, 'utf8')) as Descriptions)
}
