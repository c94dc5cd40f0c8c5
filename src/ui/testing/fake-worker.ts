import { expose } from 'comlink'
import { FakeEngine } from './fake-engine.ts'

expose(new FakeEngine())
