const CASE =
  'the recorded CoreDNS had been asked in capitals before, outside of the session; a cached answer keeps the letters of its question'
const TWO_QUESTIONS = 'chance: which of two questions that are asked at once is answered first'
const ADDRESS = 'the command names an address that the recorded cluster had given out'

export const DNS: Readonly<Record<number, string>> = {
  5: 'chance: names that differ in random letters only are listed in the order of those',
  7: 'the recorded ConfigMap had been put there by kubectl apply, which leaves an annotation',
  12: CASE,
  19: TWO_QUESTIONS,
  20: TWO_QUESTIONS,
  33: ADDRESS,
  34: ADDRESS,
  35: ADDRESS,
  36: ADDRESS,
  37: CASE,
}
