import { describe, expect, it } from 'vitest'
import { catalogue, isAction } from '../../../functions/catalogue.ts'
import {
  Problem,
  type ProblemCode,
  problemBody,
  problemStatus,
  problemTitle,
  standardProblems,
} from '../../../shared/kernel/problem.ts'

const actions = (await catalogue()).filter(isAction)
const codes = [...new Set([...standardProblems, ...actions.flatMap(({ declaration }) => declaration.problems)])]

describe.each(codes)('the problem %s', code => {
  it('has a status of a failure, and a title that a person can read', () => {
    expect(problemStatus(code)).toBeGreaterThanOrEqual(400)
    expect(problemStatus(code)).toBeLessThan(600)
    expect(problemTitle(code)).toMatch(/^[A-Z][^\n]{8,}[^.]$/)
  })

  it('is answered as RFC 9457 has it, without its cause', () => {
    const problem = new Problem(code, { cause: new Error('secret') })
    const body = problemBody(problem, 'r1')
    expect(body).toEqual({
      type: `urn:problem:${code}`,
      title: problemTitle(code),
      status: problemStatus(code),
      code,
      instance: 'urn:request:r1',
    })
    expect(JSON.stringify(body)).not.toContain('secret')
  })
})

describe('a problem', () => {
  it('is an error whose message is its code, with the fields at fault where there are some', () => {
    const errors = [{ path: 'body.start', message: 'has passed' }]
    const problem = new Problem('start-too-early', { errors, retryAfter: 3 })
    expect(problem).toBeInstanceOf(Error)
    expect(problem).toMatchObject({ name: 'Problem', message: 'start-too-early', errors, retryAfter: 3 })
    expect(problemBody(problem, 'r1')).toHaveProperty('errors', errors)
    expect(problemBody(new Problem('conflict'), 'r1')).not.toHaveProperty('errors')
  })

  it('of what a caller may not know is told like what is not there', () => {
    const told = (code: ProblemCode) => [problemStatus(code), problemTitle(code)]
    expect(told('forbidden')).toEqual(told('not-found'))
  })

  it('is declared once by an action', () => {
    for (const { id, declaration } of actions) {
      expect(new Set(declaration.problems).size, id).toBe(declaration.problems.length)
    }
  })
})
