import { describe, expect, it } from 'vitest'
import { renderLesson } from './render.ts'

const lesson = (body: string) =>
  `---\ntitle: A title\nobjectives: [See it]\n---\nIntro.\n\n## First {#one}\n\n${body}`
const htmlOf = async (body: string) => (await renderLesson(lesson(body))).html

describe('a lesson', () => {
  it('has a title, steps with their tasks, and live names', async () => {
    const rendered = await renderLesson(
      lesson(
        ':::task{#done}\nDo {{services.web.clusterIP}}.\n:::\n\n## Second {#two}\n\n```sh {insert=main}\nkubectl delete pod {{pods.web[0].name}}\n```\n',
      ),
    )
    expect(rendered.title).toBe('A title')
    expect(rendered.steps).toEqual([
      { id: 'one', title: 'First', tasks: ['done'] },
      { id: 'two', title: 'Second', tasks: [] },
    ])
    expect(rendered.liveNames).toEqual(['services.web.clusterIP', 'pods.web[0].name'])
  })

  it('keeps commands as text that can be inserted, one row a command', async () => {
    const html = await htmlOf('```sh {insert=watch}\nls\ncat a.yaml\n```\n')
    expect(html.match(/class="command"/g)).toHaveLength(2)
    expect(html).toContain('data-terminal="watch"')
    expect(html.replace(/<button.*?<\/button>|<[^>]+>/g, '')).toContain('cat a.yaml')
  })

  it.each(['for i in 1 2; do\necho $i\ndone', 'cat <<EOF\na\nEOF', 'kubectl get pods \\\n  -o wide'])(
    'leaves a command of several lines whole: %j',
    async (command) =>
      expect(
        (await htmlOf(`\`\`\`sh {insert=main}\n${command}\n\`\`\`\n`)).match(/class="command"/g),
      ).toHaveLength(1),
  )

  it('shows a live name as what one would fill in, also inside coloured code', async () => {
    const html = await htmlOf('```sh {insert=main}\nkubectl delete pod {{pods.web[0].name}}\n```\n')
    expect(html).toContain('<span class="live-name" data-live="pods.web[0].name">WEB-POD-NAME</span>')
  })

  it('makes choices of the list in a prediction', async () => {
    const html = await htmlOf(':::predict{#guess}\nWhich?\n\n- This\n- That\n:::\n')
    expect(html).toContain('<fieldset class="predict" data-predict="guess">')
    expect(html.match(/type="radio"/g)).toHaveLength(2)
  })

  it('keeps messages out of sight and out of the steps', async () => {
    const html = await htmlOf(':::messages\n- `not-yet`: Not *yet*.\n:::\n')
    expect(html).toContain(
      '<div class="messages" hidden><p data-message="not-yet">Not <em>yet</em>.</p></div>',
    )
    expect(html.indexOf('data-message')).toBeLessThan(html.indexOf('data-step'))
  })

  it('lets colons in prose be colons', async () =>
    expect(await htmlOf('The image nginx:1.26 at 10:30.')).toContain('nginx:1.26 at 10:30'))

  it.each([
    ['a script', '<script>alert(1)</script>ok', /<script/],
    ['an event handler', '<img src=x onerror=alert(1)>ok', /onerror/],
    ['a link that runs', '[click](javascript:alert(1))', /javascript:/],
  ])('drops %s', async (_what, body, bad) => expect(await htmlOf(body)).not.toMatch(bad))

  it.each([
    ['front matter', 'no front matter', 'needs front matter'],
    ['the id of a step', '---\ntitle: T\n---\n## No id\n', 'needs an id'],
    [
      'a directive it knows',
      '---\ntitle: T\n---\n## S {#s}\n\n:::shout\nhey\n:::\n',
      'line 6: no directive :::shout',
    ],
  ])('says what is wrong: %s', async (_what, markdown, message) =>
    expect(renderLesson(markdown)).rejects.toThrow(message),
  )
})
