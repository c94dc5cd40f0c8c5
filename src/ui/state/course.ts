/** The pages of this site in the order of the course, and where each lies. */
import { lessons } from 'virtual:lessons'

export interface CoursePage {
  /** Undefined: the cluster without a lesson. */
  readonly lesson?: string
  readonly title: string
  readonly href: string
}

const root = document.documentElement.dataset['root'] ?? './'

const PAGES: readonly CoursePage[] = [
  ...lessons.map(({ id, title }) => ({ lesson: id, title, href: `${root}lessons/${id}/` })),
  { title: 'Your own cluster', href: `${root}play/` },
]

/** The page of a lesson, or of the cluster without one; undefined when this site has no such lesson. */
export const pageOf = (lesson: string | undefined): CoursePage | undefined =>
  PAGES.find((page) => page.lesson === lesson)

export function neighboursOf(lesson: string | undefined): { previous?: CoursePage; next?: CoursePage } {
  const at = PAGES.findIndex((page) => page.lesson === lesson)
  return { previous: PAGES[at - 1], next: PAGES[at + 1] }
}
