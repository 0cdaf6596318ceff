/** A file a phone sends, with how it is announced. */
export interface SampleFile {
  /** base64 */
  readonly data: string;
  readonly mimetype: string;
  readonly fileName?: string;
}

/** A PNG of 96 by 72: a hill, the sky and the sun. */
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAGAAAABIAgMAAAB0CRjwAAAADFBMVEXO5/I9e1nxszqGsqdjBO3BAAAACXBIWXMAAAsTAAALEwEAmpwYAAABDklEQVQ4y+WRsQ2DMBBFAxZNJEqUHdK7o2AEF/lywxAsEIlRUkaeAikzoKwTbHAw+Lugi5Qr78l+d/9Op7+r65P3c2N6Cs7GPPhPxvC/zFSHQG5B/2vg+B7pSJIhRrHXqUNdUhdFoi/QcFBCcVCg5aCC5mAEBu4GOgayCSjuBm4MyAmADwVut31mFw60LBBbmg/l7XXkxhzwexcIlhUFIvdsL8PDZAvQblUVud2KYxiN9KCzv+rIbe3lJhrfn36RYTTZF8A9breBuHohPIxcwR3hYSrsqtm716k3gazVRu4gmjCQtQbu9vYxBooPtayYEQA+1GKXDHR8qHlF1rcrCgqQcNsVCw4Ud1v7yIH+ANvH8Huws9D2AAAAAElFTkSuQmCC';

/** What simulated phones send when somebody wants to see a file arrive. */
export const SAMPLE_FILES: Readonly<Record<'image' | 'document', SampleFile>> = {
  image: { data: PICTURE, mimetype: 'image/png' },
  document: {
    data: Buffer.from('A document from a simulated phone.\n').toString('base64'),
    mimetype: 'text/plain',
    fileName: 'sandbox.txt',
  },
};
