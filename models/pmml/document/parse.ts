import { SaxesParser } from 'saxes'
import { SluiceError, messageOf } from '../../../base/index.ts'
import { PmmlElement } from './element.ts'

/** Limits of a document. A document beyond them is refused before it exhausts the memory or the stack. */
export interface ParseLimits {
  readonly maxBytes: number
  readonly maxElements: number
  readonly maxDepth: number
}

/** Trees may be deep: nothing recurses through their nodes. What does, through predicates, rules and expressions, is bounded by `Compilation`. */
const defaultLimits: ParseLimits = { maxBytes: 384 * 1024 * 1024, maxElements: 20_000_000, maxDepth: 8_000 }

/** The namespaces of PMML 3.0 to 4.4, and no namespace, because many producers leave it out. */
const namespacePattern = /^(?:https?:\/\/www\.dmg\.org\/PMML-(?:3_\d|4_[0-4])(?:_\w+)?\/?)?$/
/** The attributes that name fields, functions and columns. */
const naming = new Set(
  'name field fieldName targetField textField predictorName function column outputColumn inField outField regexField'
    .split(' ')
    .concat('offsetVariable trialsVariable endTimeVariable baselineStrataVariable instanceIdVariable x-reportField'.split(' ')),
)
/**
 * The document's root. DTDs are refused, and with them every entity that a document declares; entities that are not XML's own are errors.
 * Throws SluiceError MODEL_LOAD_FAILED with the line, MODEL_TOO_LARGE.
 */
export function parsePmml(bytes: Uint8Array, limits: ParseLimits = defaultLimits): PmmlElement {
  if (bytes.length > limits.maxBytes)
    throw new SluiceError('MODEL_TOO_LARGE', `the PMML document has ${bytes.length} bytes; at most ${limits.maxBytes} are allowed`)
  const text = decode(bytes)
  // Names are the same however their accents are written; values stay as they are.
  const builder = new TreeBuilder(limits, /\p{M}/u.test(text))
  builder.write(text)
  return builder.root()
}

class TreeBuilder {
  readonly #parser = new SaxesParser({ xmlns: false, position: true })
  readonly #limits: ParseLimits
  /** Whether there are combining marks: names are then brought into their composed form. */
  readonly #hasMarks: boolean
  readonly #open: PmmlElement[] = []
  #root: PmmlElement | undefined
  #elements = 0
  /** How many open elements are an Extension or inside one. */
  #skipping = 0

  constructor(limits: ParseLimits, hasMarks: boolean) {
    this.#limits = limits
    this.#hasMarks = hasMarks
    this.#parser.on('doctype', () => this.#fail('it has a DTD, which is not allowed'))
    this.#parser.on('error', error => this.#fail(`it is not well-formed XML: ${messageOf(error).replace(/^\d+:\d+: /, '')}`))
    this.#parser.on('opentag', ({ name, attributes }) => this.#start(name, attributes))
    this.#parser.on('closetag', () => this.#end())
    this.#parser.on('text', text => this.#text(text))
    this.#parser.on('cdata', text => this.#text(text))
  }

  write(text: string): void {
    this.#parser.write(text).close()
  }

  root(): PmmlElement {
    if (this.#root === undefined) this.#fail('it has no element')
    return this.#root
  }

  #start(qualified: string, attributes: Record<string, string>): void {
    const local = qualified.slice(qualified.indexOf(':') + 1)
    const name = this.#hasMarks ? local.normalize('NFC') : local
    if (++this.#elements > this.#limits.maxElements) this.#fail(`it has more than ${this.#limits.maxElements} elements`)
    if (this.#skipping > 0 || name === 'Extension') {
      if (++this.#skipping + this.#open.length > this.#limits.maxDepth) this.#failDepth()
      return
    }
    if (this.#open.length >= this.#limits.maxDepth) this.#failDepth()
    const element = new PmmlElement(name, this.#parser.line, this.#hasMarks ? composed(attributes) : attributes)
    const parent = this.#open.at(-1)
    if (parent === undefined) {
      this.#checkRoot(element, qualified)
      this.#root = element
    } else {
      // Blanks are a value only where there is nothing else: between elements they are layout.
      if (parent.children.push(element) === 1 && parent.text.trim() === '') parent.text = ''
    }
    this.#open.push(element)
  }

  #end(): void {
    if (this.#skipping > 0) this.#skipping--
    else this.#open.pop()
  }

  #text(text: string): void {
    const element = this.#open.at(-1)
    if (this.#skipping > 0 || element === undefined) return
    if (element.children.length === 0 || text.trim() !== '') element.text += text
  }

  #checkRoot(element: PmmlElement, qualified: string): void {
    if (element.name !== 'PMML') this.#fail(`its first element is ${element.name}, not PMML`)
    const colon = qualified.indexOf(':')
    const namespace = element.get(colon < 0 ? 'xmlns' : `xmlns:${qualified.slice(0, colon)}`) ?? ''
    if (!namespacePattern.test(namespace)) this.#fail(`its namespace ${namespace} is not a namespace of PMML 3.0 to 4.4`)
  }

  #failDepth(): never {
    this.#fail(`its elements are nested more than ${this.#limits.maxDepth} levels deep`)
  }

  #fail(what: string): never {
    throw new SluiceError('MODEL_LOAD_FAILED', `the PMML document cannot be read: ${what} (line ${this.#parser.line})`)
  }
}

/** The attributes with their names of fields in the composed form. */
function composed(attributes: Record<string, string>): Record<string, string> {
  const entries = Object.entries(attributes).map(([key, value]) => [key, naming.has(key) ? value.normalize('NFC') : value])
  return Object.fromEntries(entries) as Record<string, string>
}

/** By the byte order mark, else by the XML declaration, else UTF-8. */
function decode(bytes: Uint8Array): string {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined
  const declared = /^[^<]{0,3}<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(
    new TextDecoder('latin1').decode(bytes.subarray(0, 200)),
  )?.[1]
  const encoding = mark ?? declared ?? 'utf-8'
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch (error) {
    throw new SluiceError('MODEL_LOAD_FAILED', `the PMML document cannot be read: it is not text in ${encoding}`, { cause: error })
  }
}
