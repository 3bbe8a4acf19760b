"""Makes kinds.zip: small files of every kind of picture that Pillow reads, and what it reads from them.

    python make.py        needs Pillow 12.3 and numpy; PICTURES.txt in the archive has a line for each file:
                          name, width, height, SHA-256 of the RGB bytes

Of 16-bit and 12-bit grey the expected value is the upper byte, where Pillow cuts values above 255 to white. Old TIFF
palettes of 8-bit values are taken as such, as libtiff does. What Pillow refuses, and what is refused here on purpose
(REFUSED), is left out.
"""
import hashlib, io, struct, sys, warnings, zipfile, zlib
import numpy as np
from PIL import Image, ImageCms

warnings.simplefilter("ignore")
W, H = 13, 9
rng = np.random.RandomState(0)
files, lines = {}, []


def put(name, data, expected=None):
    try:
        if expected is None:
            picture = Image.open(io.BytesIO(data))
            picture.load()
            expected = np.asarray(picture.convert("RGB"))
    except Exception:
        return
    files[name] = data
    lines.append(f"{name} {expected.shape[1]} {expected.shape[0]} {hashlib.sha256(expected.tobytes()).hexdigest()}")


def upper(a, bits):
    a = np.asarray(a).reshape(H, W).astype(np.int64) >> (bits - 8)
    return np.repeat(a[..., None], 3, 2).astype(np.uint8)


REFUSED = {"f32", "i32", "g8s", "g16s", "lab8", "icclab8", "sep3", "mask1", "g16w"}
def save(name, im, fmt, **kw):
    b=io.BytesIO()
    try: im.save(b,fmt,**kw)
    except Exception: return
    put(name,b.getvalue())
rgb=rng.randint(0,256,(H,W,3)).astype(np.uint8)
yy,xx=np.mgrid[0:H,0:W]
smooth=np.stack([xx*6,yy*10,(xx+yy)*4],-1).clip(0,255).astype(np.uint8)
rgba=np.dstack([rgb,rng.randint(0,256,(H,W)).astype(np.uint8)])
grey=rgb[...,0]; g16=rng.randint(0,65536,(H,W)).astype(np.uint16)
I=Image.fromarray
pal=I(smooth).quantize(200); pal16=I(smooth).quantize(13); pal4=I(smooth).quantize(4); pal2=I(smooth).quantize(2)
# ---- BMP
def bmp(bits, rows, *, comp=0, masks=None, palette=b"", header=40, topdown=False, w=W, h=H, clr=0, pixels=None, gap=0):
    row=[]
    if pixels is None:
        stride=(w*bits+31)//32*4
        pixels=b"".join(r.ljust(stride,b"\0") for r in (rows if topdown else rows[::-1]))
    if header==12:
        hd=struct.pack("<IHHHH",12,w,h,1,bits)
    else:
        hd=struct.pack("<IiiHHIIiiII",header,w,-h if topdown else h,1,bits,comp,len(pixels),2835,2835,clr,0)
        m=struct.pack("<"+"I"*len(masks),*masks) if masks else b""
        if header>40:
            hd+=m; hd=hd.ljust(header,b"\0")[:header]
        else: hd+=m
    off=14+len(hd)+len(palette)+gap
    return b"BM"+struct.pack("<IHHI",off+len(pixels),0,0,off)+hd+palette+b"\0"*gap+pixels
def rows16(rm,gm,bm):
    def sh(m): return (m&-m).bit_length()-1
    v=rng.randint(0,65536,(H,W)).astype("<u2"); v[0,:3]=[0xffff,0,0x7fff]
    return [r.tobytes() for r in v]
def rows32(): 
    v=rng.randint(0,2**32,(H,W),dtype=np.uint64).astype("<u4"); v[0,0]=0xffffffff
    return [r.tobytes() for r in v]
put("bmp_555.bmp",bmp(16,rows16(0,0,0)))
put("bmp_555bf.bmp",bmp(16,rows16(0,0,0),comp=3,masks=(0x7c00,0x3e0,0x1f)))
put("bmp_565.bmp",bmp(16,rows16(0,0,0),comp=3,masks=(0xf800,0x7e0,0x1f)))
put("bmp_444.bmp",bmp(16,rows16(0,0,0),comp=3,masks=(0xf00,0xf0,0xf)))
put("bmp_565v4.bmp",bmp(16,rows16(0,0,0),comp=3,masks=(0xf800,0x7e0,0x1f,0),header=108))
put("bmp_1555v5.bmp",bmp(16,rows16(0,0,0),comp=3,masks=(0x7c00,0x3e0,0x1f,0x8000),header=124))
put("bmp_565top.bmp",bmp(16,rows16(0,0,0),comp=3,masks=(0xf800,0x7e0,0x1f),topdown=True))
put("bmp_565swap.bmp",bmp(16,rows16(0,0,0),comp=3,masks=(0x1f,0x7e0,0xf800)))
r24=[r[:,::-1].tobytes() for r in rgb]
put("bmp_24.bmp",bmp(24,r24)); put("bmp_24top.bmp",bmp(24,r24,topdown=True)); put("bmp_24os2.bmp",bmp(24,r24,header=12))
put("bmp_24gap.bmp",bmp(24,r24,gap=10)); put("bmp_24bf.bmp",bmp(24,r24,comp=3,masks=(0xff0000,0xff00,0xff)))
for hd in (52,56,64,108,124): put(f"bmp_24h{hd}.bmp",bmp(24,r24,header=hd,masks=(0,)))
put("bmp_32.bmp",bmp(32,rows32()));put("bmp_32top.bmp",bmp(32,rows32(),topdown=True))
put("bmp_32_0alpha.bmp",bmp(32,[np.dstack([r[None,:,::-1],np.zeros((1,W),np.uint8)]).tobytes() for r in rgb]))
for nm,m in dict(bgrx=(0xff0000,0xff00,0xff),bgra=(0xff0000,0xff00,0xff,0xff000000),rgba=(0xff,0xff00,0xff0000,0xff000000),rgbx=(0xff,0xff00,0xff0000),argb=(0xff00,0xff0000,0xff000000,0xff),xrgb=(0xff000000,0xff0000,0xff00),abgr=(0xff000000,0xff0000,0xff00,0xff),odd=(0x3ff00000,0xffc00,0x3ff),zero=(0,0,0)).items():
    if len(m)==3:
        put(f"bmp_32bf3_{nm}.bmp",bmp(32,rows32(),comp=3,masks=m))
    put(f"bmp_32v5_{nm}.bmp",bmp(32,rows32(),comp=3,masks=tuple(m)+((0,) if len(m)==3 else ()),header=124))
    put(f"bmp_32h56_{nm}.bmp",bmp(32,rows32(),comp=3,masks=tuple(m)+((0,) if len(m)==3 else ()),header=56))
def palette(p,n,os2=False):
    q=(p.getpalette()+[0]*768)[:3*n]
    return b"".join(bytes((q[3*i+2],q[3*i+1],q[3*i]))+(b"" if os2 else b"\0") for i in range(n))
def packrows(a,bits):
    out=[]
    for r in a:
        n=0; s="".join(format(int(v),f"0{bits}b") for v in r); s=s.ljust((len(s)+7)//8*8,"0")
        out.append(int(s,2).to_bytes(len(s)//8,"big"))
    return out
P=np.array(pal);P4=np.array(pal16);P2=np.array(pal4);P1=np.array(pal2)
put("bmp_8.bmp",bmp(8,packrows(P,8),palette=palette(pal,256)))
put("bmp_8short.bmp",bmp(8,packrows(P%100,8),palette=palette(pal,100),clr=100))
put("bmp_8over.bmp",bmp(8,packrows(P,8),palette=palette(pal,100),clr=100))
put("bmp_8os2.bmp",bmp(8,packrows(P,8),palette=palette(pal,256,True),header=12))
put("bmp_8os2v2.bmp",bmp(8,packrows(P,8),palette=palette(pal,256),header=64))
put("bmp_4.bmp",bmp(4,packrows(P4,4),palette=palette(pal16,16)));put("bmp_4os2.bmp",bmp(4,packrows(P4,4),palette=palette(pal16,16,True),header=12))
put("bmp_2.bmp",bmp(2,packrows(P2,2),palette=palette(pal4,4)))
put("bmp_1.bmp",bmp(1,packrows(P1,1),palette=palette(pal2,2)));put("bmp_1os2.bmp",bmp(1,packrows(P1,1),palette=palette(pal2,2,True),header=12))
put("bmp_1bw.bmp",bmp(1,packrows(P1,1),palette=b"\0\0\0\0\xff\xff\xff\0")); put("bmp_1wb.bmp",bmp(1,packrows(P1,1),palette=b"\xff\xff\xff\0\0\0\0\0"))
put("bmp_8grey.bmp",bmp(8,[r.tobytes() for r in grey],palette=b"".join(bytes((i,i,i,0)) for i in range(256))))
def rle8(a,top=False):
    o=b""
    for r in (a if top else a[::-1]):
        i=0
        while i<len(r):
            n=1
            while i+n<len(r) and r[i+n]==r[i] and n<255: n+=1
            if n==1 and i+4<=len(r) and len(set(map(int,r[i:i+4])))>1:
                o+=bytes((0,4))+bytes(map(int,r[i:i+4])); i+=4
            else: o+=bytes((n,int(r[i]))); i+=n
        o+=b"\0\0"
    return o+b"\0\1"
put("bmp_rle8.bmp",bmp(8,[],comp=1,palette=palette(pal,256),pixels=rle8(P)))
put("bmp_rle8top.bmp",bmp(8,[],comp=1,palette=palette(pal,256),pixels=rle8(P,True),topdown=True))
put("bmp_rle8odd.bmp",bmp(8,[],comp=1,palette=palette(pal,256),pixels=b"".join(b"\0\5"+bytes(map(int,r[:5]))+b"\0"+b"\x20"+bytes([int(r[6])])+b"\0\0" for r in P[::-1])+b"\0\1"))
put("bmp_rle8delta.bmp",bmp(8,[],comp=1,palette=palette(pal,256),pixels=b"\5\7\0\2\3\2\x0a\x09\0\0\7\5\0\0\4\4\0\1"))
put("bmp_rle8short.bmp",bmp(8,[],comp=1,palette=palette(pal,256),pixels=b"\5\7\0\0\3\2\0\1"))
put("bmp_rle8long.bmp",bmp(8,[],comp=1,palette=palette(pal,256),pixels=b"\x50\7\0\0\3\2\0\1"))
put("bmp_rle8noend.bmp",bmp(8,[],comp=1,palette=palette(pal,256),pixels=rle8(P)[:-2]))
def rle4(a):
    o=b""
    for r in a[::-1]:
        i=0
        while i<len(r):
            if i%9==0 and i+6<=len(r):
                v=r[i:i+6]; o+=bytes((0,6,v[0]<<4|v[1],v[2]<<4|v[3],v[4]<<4|v[5],0)); i+=6; continue
            n=min(3,len(r)-i); 
            if i+1<len(r): o+=bytes((2,r[i]<<4|r[i+1])); i+=2
            else: o+=bytes((1,r[i]<<4)); i+=1
        o+=b"\0\0"
    return o+b"\0\1"
put("bmp_rle4.bmp",bmp(4,[],comp=2,palette=palette(pal16,16),pixels=rle4(P4)))
put("bmp_rle4delta.bmp",bmp(4,[],comp=2,palette=palette(pal16,16),pixels=b"\5\x12\0\2\3\2\x0a\x34\0\0\7\x56\0\1"))
put("bmp_jpeg.bmp",bmp(24,r24,comp=4));put("bmp_cmyk.bmp",bmp(32,rows32(),comp=11))
# ---- PNG
def chunk(t,d): return struct.pack(">I",len(d))+t+d+struct.pack(">I",zlib.crc32(t+d))
def png(w,h,depth,ctype,rows,extra=b"",interlace=0,filt=0):
    raw=b"".join(bytes([filt])+r for r in rows)
    return b"\x89PNG\r\n\x1a\n"+chunk(b"IHDR",struct.pack(">IIBBBBB",w,h,depth,ctype,0,0,interlace))+extra+chunk(b"IDAT",zlib.compress(raw))+chunk(b"IEND",b"")
for d in (1,2,4,8): 
    a=rng.randint(0,2**d,(H,W)); put(f"png_g{d}.png",png(W,H,d,0,packrows(a,d)))
    put(f"png_g{d}trns.png",png(W,H,d,0,packrows(a,d),chunk(b"tRNS",b"\0\1")))
    n=2**d; pl=bytes(rng.randint(0,256,3*n).astype(np.uint8))
    put(f"png_p{d}.png",png(W,H,d,3,packrows(a,d),chunk(b"PLTE",pl)))
    put(f"png_p{d}trns.png",png(W,H,d,3,packrows(a,d),chunk(b"PLTE",pl)+chunk(b"tRNS",bytes(rng.randint(0,256,n).astype(np.uint8)))))
    if d<8: put(f"png_p{d}short.png",png(W,H,d,3,packrows(a%max(1,n-1),d),chunk(b"PLTE",pl[:-3] or pl)))
put("png_p8over.png",png(W,H,8,3,packrows(rng.randint(0,256,(H,W)),8),chunk(b"PLTE",bytes(range(90)))))
put("png_g16.png",png(W,H,16,0,[r.astype(">u2").tobytes() for r in g16]),upper(g16,16))
c16=rng.randint(0,65536,(H,W,4)).astype(np.uint16)
put("png_rgb16.png",png(W,H,16,2,[r[:,:3].astype(">u2").tobytes() for r in c16])); put("png_rgba16.png",png(W,H,16,6,[r.astype(">u2").tobytes() for r in c16])); put("png_la16.png",png(W,H,16,4,[r[:,:2].astype(">u2").tobytes() for r in c16]))
put("png_rgb16trns.png",png(W,H,16,2,[r[:,:3].astype(">u2").tobytes() for r in c16],chunk(b"tRNS",b"\0\1\0\2\0\3")))
put("png_la.png",png(W,H,8,4,[r[:,:2].astype(np.uint8).tobytes() for r in c16]))
put("png_rgba.png",png(W,H,8,6,[r.tobytes() for r in rgba])); put("png_rgb.png",png(W,H,8,2,[r.tobytes() for r in rgb]))
put("png_rgbtrns.png",png(W,H,8,2,[r.tobytes() for r in rgb],chunk(b"tRNS",bytes([0,rgb[0,0,0],0,rgb[0,0,1],0,rgb[0,0,2]]))))
put("png_gama.png",png(W,H,8,2,[r.tobytes() for r in rgb],chunk(b"gAMA",struct.pack(">I",100000))+chunk(b"cHRM",struct.pack(">8I",31270,32900,64000,33000,30000,60000,15000,6000))))
put("png_gamag16.png",png(W,H,16,0,[r.astype(">u2").tobytes() for r in g16],chunk(b"gAMA",struct.pack(">I",100000))),upper(g16,16))
put("png_gamag8.png",png(W,H,8,0,[r.tobytes() for r in grey],chunk(b"gAMA",struct.pack(">I",100000))))
put("png_gamarg16.png",png(W,H,16,2,[r[:,:3].astype(">u2").tobytes() for r in c16],chunk(b"gAMA",struct.pack(">I",100000))))
put("png_sbit.png",png(W,H,8,2,[r.tobytes() for r in rgb],chunk(b"sBIT",b"\5\6\5")))
put("png_bkgd.png",png(W,H,8,6,[r.tobytes() for r in rgba],chunk(b"bKGD",b"\0\x10\0\x20\0\x30")))
save("png_lossy.png",I(rgba),"PNG",icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
def adam(a,bpp): # interlaced 8bit-channel
    out=b""
    for x0,y0,dx,dy in ((0,0,8,8),(4,0,8,8),(0,4,4,8),(2,0,4,4),(0,2,2,4),(1,0,2,2),(0,1,1,2)):
        s=a[y0::dy,x0::dx]
        if s.size: out+=b"".join(b"\0"+r.tobytes() for r in s)
    return out
def ipng(a,ct): return b"\x89PNG\r\n\x1a\n"+chunk(b"IHDR",struct.pack(">IIBBBBB",W,H,8,ct,0,0,1))+chunk(b"IDAT",zlib.compress(adam(a,0)))+chunk(b"IEND",b"")
put("png_irgb.png",ipng(rgb,2));put("png_irgba.png",ipng(rgba,6));put("png_ig.png",ipng(grey,0))
b=io.BytesIO(); I(rgb).save(b,"PNG",save_all=True,append_images=[I(255-rgb)]); put("png_apng.png",b.getvalue())
b=io.BytesIO(); I(rgba).save(b,"PNG",save_all=True,append_images=[I(255-rgba)]); put("png_apngrgba.png",b.getvalue())
b=io.BytesIO(); I(rgb).save(b,"PNG",save_all=True,append_images=[I(255-rgb)],default_image=True); put("png_apngdef.png",b.getvalue())
# ---- GIF
save("gif_p.gif",pal,"GIF");save("gif_int.gif",pal,"GIF",interlace=1); save("gif_noint.gif",pal,"GIF",interlace=0);save("gif_g.gif",I(grey),"GIF")
save("gif_trans.gif",pal,"GIF",transparency=3); save("gif_bg.gif",pal,"GIF",background=5)
pp=pal.copy(); save("gif_anim.gif",pal,"GIF",save_all=True,append_images=[I(255-smooth).quantize(100)])
def gif(screen,frame,pix,gct,lct=None,gce=None,inter=False,bg=0,bits=8,pre=b""):
    # uncompressed-code LZW: emit clear often
    def lzw(data,mcs):
        out=[];clear=1<<mcs;codes=[];
        n=0
        for v in data:
            if n%100==0: codes.append(clear)
            codes.append(v);n+=1
        codes.append(clear+1)
        acc=0;nb=0;b=bytearray();size=mcs+1;since=0
        for c in codes:
            if c==clear:
                acc|=c<<nb;nb+=size;since=0;size=mcs+1
            else:
                acc|=c<<nb;nb+=size;since+=1
                if since>1 and (clear+2+since-1)>=(1<<size): size+=1
            while nb>=8: b.append(acc&255);acc>>=8;nb-=8
        if nb:b.append(acc&255)
        return bytes(b)
    data=lzw(pix,bits)
    o=b"GIF89a"+struct.pack("<HHBBB",*screen,(0x80|7) if gct else 0,bg,0)+(gct or b"")
    o+=pre
    if gce is not None: o+=b"\x21\xf9\4"+bytes([gce[0]])+b"\0\0"+bytes([gce[1]])+b"\0"
    o+=b"\x2c"+struct.pack("<HHHHB",*frame,(0x80|7 if lct else 0)|(0x40 if inter else 0))+(lct or b"")+bytes([bits])
    for i in range(0,len(data),255): o+=bytes([len(data[i:i+255])])+data[i:i+255]
    return o+b"\0\x3b"
gct=bytes(rng.randint(0,256,768).astype(np.uint8)); lct=bytes(rng.randint(0,256,768).astype(np.uint8))
fp=lambda w,h:[int(v)%60 for v in rng.randint(0,60,w*h)]
put("gif_full.gif",gif((20,15),(0,0,20,15),fp(20,15),gct)); put("gif_part.gif",gif((20,15),(3,4,9,6),fp(9,6),gct)); put("gif_partbg.gif",gif((20,15),(3,4,9,6),fp(9,6),gct,bg=7))
put("gif_parttr.gif",gif((20,15),(3,4,9,6),fp(9,6),gct,gce=(1,5),bg=7)); put("gif_fulltr.gif",gif((20,15),(0,0,20,15),fp(20,15),gct,gce=(1,5)))
put("gif_lct.gif",gif((20,15),(0,0,20,15),fp(20,15),gct,lct)); put("gif_lctpart.gif",gif((20,15),(3,4,9,6),fp(9,6),gct,lct,bg=9)); put("gif_lctonly.gif",gif((20,15),(0,0,20,15),fp(20,15),None,lct)); put("gif_nopal.gif",gif((20,15),(0,0,20,15),fp(20,15),None))
put("gif_nopalpart.gif",gif((20,15),(1,1,9,6),fp(9,6),None)); put("gif_lctpartonly.gif",gif((20,15),(1,1,9,6),fp(9,6),None,lct,bg=3))
put("gif_beyond.gif",gif((20,15),(10,8,20,15),fp(20,15),gct)); put("gif_bigger.gif",gif((10,8),(0,0,20,15),fp(20,15),gct)); put("gif_fint.gif",gif((20,15),(0,0,20,15),fp(20,15),gct,inter=True)); put("gif_pint.gif",gif((20,15),(2,2,9,11),fp(9,11),gct,inter=True))
put("gif_disp2.gif",gif((20,15),(3,4,9,6),fp(9,6),gct,gce=(2<<2,0),bg=4)); put("gif_screen0.gif",gif((0,0),(0,0,9,6),fp(9,6),gct))
put("gif_partbgtr.gif",gif((20,15),(3,4,9,6),fp(9,6),gct,gce=(1,7),bg=7))
put("gif_short.gif",gif((20,15),(0,0,20,15),fp(20,10),gct)); put("gif_long.gif",gif((20,15),(0,0,20,15),fp(20,17),gct))
put("gif_2bit.gif",gif((20,15),(0,0,20,15),[v%4 for v in fp(20,15)],gct,bits=2))
put("gif_comment.gif",gif((20,15),(0,0,20,15),fp(20,15),gct,gce=(1,5),pre=b"\x21\xfe\3abc\0"))
# ---- WebP
save("webp_lossy.webp",I(smooth),"WEBP",quality=80); save("webp_ll.webp",I(rgb),"WEBP",lossless=True); save("webp_a.webp",I(rgba),"WEBP",lossless=True,exact=True); save("webp_al.webp",I(rgba),"WEBP",quality=70)
save("webp_anim.webp",I(rgb),"WEBP",save_all=True,append_images=[I(255-rgb)],lossless=True); save("webp_anima.webp",I(rgba),"WEBP",save_all=True,append_images=[I(255-rgba)],lossless=True)
save("webp_animlossy.webp",I(smooth),"WEBP",save_all=True,append_images=[I(255-smooth)]); save("webp_icc.webp",I(rgb),"WEBP",lossless=True,icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
big=np.kron(smooth,np.ones((3,3,1),np.uint8)); save("webp_big.webp",I(big),"WEBP",quality=60)
# ---- JPEG
noisy=(big.astype(int)+rng.randint(-20,20,big.shape)).clip(0,255).astype(np.uint8)
for ss in (0,1,2): 
    for pr in (False,True): save(f"jpg_ss{ss}{'p' if pr else ''}.jpg",I(noisy),"JPEG",quality=85,subsampling=ss,progressive=pr)
save("jpg_g.jpg",I(noisy[...,0]),"JPEG"); save("jpg_gp.jpg",I(noisy[...,0]),"JPEG",progressive=True)
save("jpg_cmyk.jpg",I(noisy).convert("CMYK"),"JPEG"); save("jpg_cmykp.jpg",I(noisy).convert("CMYK"),"JPEG",progressive=True)
save("jpg_rgb.jpg",I(noisy),"JPEG",keep_rgb=True); save("jpg_rst.jpg",I(noisy),"JPEG",restart_marker_blocks=3)
save("jpg_odd.jpg",I(noisy[:23,:17]),"JPEG",subsampling=2); save("jpg_411.jpg",I(noisy[:23,:17]),"JPEG",subsampling="4:1:1")
# variants by editing: no JFIF, adobe transform
b=io.BytesIO(); I(noisy).save(b,"JPEG",subsampling=0); J=b.getvalue()
def nojfif(j): n=struct.unpack(">H",j[4:6])[0]; return j[:2]+j[4+n:]
def adobe(t): return b"\xff\xee\0\x0eAdobe\0\x64\0\0\0\0"+bytes([t])
put("jpg_nojfif.jpg",nojfif(J))
for t in (0,1,2): put(f"jpg_adobe{t}.jpg",J[:2]+adobe(t)+nojfif(J)[2:]); put(f"jpg_jfifadobe{t}.jpg",J[:2]+J[2:20]+adobe(t)+J[20:])
def ids(j,new):
    j=bytearray(j); i=2
    while i<len(j):
        m=j[i+1]; n=struct.unpack(">H",j[i+2:i+4])[0]
        if m in(0xc0,0xc2):
            old=[j[i+10+3*k] for k in range(j[i+9])]
            for k in range(j[i+9]): j[i+10+3*k]=new[k]
        if m==0xda:
            for k in range(j[i+4]): j[i+5+2*k]=new[k]
            break
        i+=2+n
    return bytes(j)
put("jpg_idRGB.jpg",ids(nojfif(J),b"RGB")); put("jpg_idjfifRGB.jpg",ids(J,b"RGB")); put("jpg_id012.jpg",ids(nojfif(J),b"\0\1\2")); put("jpg_idodd.jpg",ids(nojfif(J),b"\7\x08\x09"))
b=io.BytesIO(); I(noisy).convert("CMYK").save(b,"JPEG"); C=b.getvalue()
i=C.find(b"Adobe"); put("jpg_ycck.jpg",C[:i+11]+b"\2"+C[i+12:]); put("jpg_cmykt1.jpg",C[:i+11]+b"\1"+C[i+12:]); put("jpg_cmyknoadobe.jpg",C[:i-4]+C[i-4+16:])
# PNM
put("pnm_1.pbm",b"P1\n4 2\n0 1 0 1\n1100\n"); put("pnm_4.pbm",b"P4\n10 2\n\xaa\xc0\x55\x40"); put("pnm_2.pgm",b"P2 3 1 7 0 3 7"); put("pnm_5.pgm",b"P5 2 1 15 \3\17"); put("pnm_6w.ppm",b"P6 2 1 1023\n"+bytes([0,5,1,0,3,255]*2)); put("pnm_6s.ppm",b"P6 2 1 100\n"+bytes([1,50,100,3,255,7]))

def packrow(vals,bits,e):
    vals=np.asarray(vals).ravel()
    if bits==8: return vals.astype(np.uint8).tobytes()
    if bits==16: return vals.astype(e+"u2").tobytes()
    if bits==32: return (vals.astype(e+"f4") if vals.dtype.kind=="f" else vals.astype(e+"u4")).tobytes()
    s="".join(format(int(v),f"0{bits}b") for v in vals); s=s.ljust((len(s)+7)//8*8,"0"); return int(s,2).to_bytes(len(s)//8,"big")
def packbits(b):
    o=b""
    for i in range(0,len(b),100): c=b[i:i+100]; o+=bytes([len(c)-1])+c
    return o+bytes([255,7])[:0]
def lzw(data):
    out, acc, n = bytearray(), 0, 0

    def emit(code, size):
        nonlocal acc, n
        acc, n = acc << size | code, n + size
        while n >= 8:
            out.append(acc >> n - 8 & 255)
            n -= 8
        acc &= (1 << n) - 1

    def size(entries):
        return 9 if entries < 512 else 10 if entries < 1024 else 11 if entries < 2048 else 12

    emit(256, 9)
    table, word, entries = {bytes([i]): i for i in range(256)}, b"", 258
    for byte in data:
        longer = word + bytes([byte])
        if longer in table:
            word = longer
            continue
        emit(table[word], size(entries))
        table[longer], entries, word = entries, entries + 1, bytes([byte])
        if entries == 4094:
            emit(256, 12)
            table, entries = {bytes([i]): i for i in range(256)}, 258
    if word:
        emit(table[word], size(entries))
    emit(257, size(entries + 1))
    if n:
        out.append(acc << 8 - n & 255)
    return bytes(out)


def tiff(a,bits,photo,*,comp=1,planar=1,tile=None,rps=None,e="<",pred=1,extra=None,fmt=None,cmap=None,fill=1,big=False,more=(),bitslist=None,orient=None,w=None,h=None,rowtransform=None):
    a=np.asarray(a)
    if a.ndim==2:a=a[...,None]
    h,w,s=a.shape
    def enc(block):  # block: h,w,s
        b=block
        if pred==2:
            m=1<<bits; d=b.astype(np.int64).copy(); d[:,1:]=(d[:,1:]-d[:,:-1])%m; b=d
        raw=b"".join(packrow(r,bits,e) for r in b)
        if fill==2: raw=bytes(int(f"{x:08b}"[::-1],2) for x in raw)
        return {1:lambda x:x,5:lzw,8:zlib.compress,32946:zlib.compress,32773:packbits}[comp](raw)
    planes=[a] if planar==1 else [a[...,i:i+1] for i in range(s)]
    parts=[]
    for p in planes:
        if tile:
            th,tw=tile
            for y in range(0,h,th):
                for x in range(0,w,tw):
                    t=np.zeros((th,tw,p.shape[2]),p.dtype); c=p[y:y+th,x:x+tw]; t[:c.shape[0],:c.shape[1]]=c; parts.append(enc(t))
        else:
            r=rps or h
            for y in range(0,h,r): parts.append(enc(p[y:y+r]))
    tags=[(256,4,[w]),(257,4,[h]),(258,3,bitslist or [bits]*s),(259,3,[comp]),(262,3,[photo]),(277,3,[s]),(284,3,[planar])]
    if fill!=1:tags.append((266,3,[fill]))
    if orient:tags.append((274,3,[orient]))
    if pred!=1:tags.append((317,3,[pred]))
    if extra is not None:tags.append((338,3,extra))
    if fmt:tags.append((339,3,[fmt]*s))
    if cmap is not None:tags.append((320,3,list(cmap)))
    if tile:tags+=[(322,3,[tile[1]]),(323,3,[tile[0]]),(324,4,None),(325,4,[len(p) for p in parts])]
    else:tags+=[(278,4,[rps or h]),(273,4,None),(279,4,[len(p) for p in parts])]
    tags+=list(more); tags.sort()
    hs=16 if big else 8
    offs=[];pos=hs;body=b""
    for p in parts: offs.append(pos+len(body));body+=p+(b"\0" if len(p)%2 else b"")
    ifd=pos+len(body)
    ent=b"";xs=b"";ne=len(tags); base=ifd+(8+20*ne+8 if big else 2+12*ne+4)
    for t,ty,v in tags:
        if v is None:v=offs
        d=b"".join(struct.pack(e+{1:"B",3:"H",4:"I",16:"Q",11:"f"}[ty],x) for x in v)
        ent+=struct.pack(e+("HHQ" if big else "HHI"),t,ty,len(v)); L=8 if big else 4
        if len(d)<=L: ent+=d.ljust(L,b"\0")
        else:
            ent+=struct.pack(e+("Q" if big else "I"),base+len(xs));xs+=d+(b"\0" if len(d)%2 else b"")
    bo=b"II" if e=="<" else b"MM"
    head=bo+(struct.pack(e+"HHHQ",43,8,0,ifd) if big else struct.pack(e+"HI",42,ifd))
    return head+body+(struct.pack(e+"Q",ne) if big else struct.pack(e+"H",ne))+ent+(b"\0"*8 if big else b"\0"*4)+xs
R=lambda s,b:rng.randint(0,2**b,(H,W,s)).astype(np.int64)
base={"rgb8":(R(3,8),8,2,{}),"rgba8":(R(4,8),8,2,dict(extra=[2])),"rgba8as":(R(4,8),8,2,dict(extra=[1])),"rgbx8":(R(4,8),8,2,dict(extra=[0])),"rgb4none":(R(4,8),8,2,{}),"rgb5":(R(5,8),8,2,dict(extra=[0,0])),
 "g8":(R(1,8),8,1,{}),"g8w":(R(1,8),8,0,{}),"g1":(R(1,1),1,1,{}),"g1w":(R(1,1),1,0,{}),"g2":(R(1,2),2,1,{}),"g2w":(R(1,2),2,0,{}),"g4":(R(1,4),4,1,{}),"g4w":(R(1,4),4,0,{}),"g12":(R(1,12),12,1,{}),
 "g16":(R(1,16),16,1,{}),"g16w":(R(1,16),16,0,{}),"rgb16":(R(3,16),16,2,{}),"rgba16":(R(4,16),16,2,dict(extra=[2])),"rgba16as":(R(4,16),16,2,dict(extra=[1])),"la8":(R(2,8),8,1,dict(extra=[2])),"la16":(R(2,16),16,1,dict(extra=[2])),
 "cmyk8":(R(4,8),8,5,{}),"cmyk8a":(R(5,8),8,5,dict(extra=[2])),"cmyk16":(R(4,16),16,5,{}),"lab8":(R(3,8),8,8,{}),"icclab8":(R(3,8),8,9,{}),"ycc8":(R(3,8),8,6,dict(more=[(530,3,[1,1])])),
 "p8":(R(1,8),8,3,dict(cmap=rng.randint(0,65536,768))),"p4":(R(1,4),4,3,dict(cmap=rng.randint(0,65536,48))),"p2":(R(1,2),2,3,dict(cmap=rng.randint(0,65536,12))),"p1":(R(1,1),1,3,dict(cmap=rng.randint(0,65536,6))),"p8b":(R(1,8),8,3,dict(cmap=rng.randint(0,256,768))),"p16":(R(1,16),16,3,dict(cmap=rng.randint(0,65536,3*65536))),"pa8":(R(2,8),8,3,dict(cmap=rng.randint(0,65536,768),extra=[2])),
 "g8s":(R(1,8),8,1,dict(fmt=2)),"g16s":(R(1,16),16,1,dict(fmt=2)),"rgb2":(R(3,2),2,2,{}),"rgb4":(R(3,4),4,2,{}),"rgb1":(R(3,1),1,2,{}),"f32":(rng.rand(H,W,1)*300-20,32,1,dict(fmt=3)),"i32":(R(1,31),32,1,{}),"mask1":(R(1,1),1,4,{}),"sep3":(R(3,8),8,5,dict(more=[(332,3,[2])]))}
for n,(a,b,ph,kw) in base.items():
    for e in "<>":
        en="l" if e=="<" else "b"
        for vn,v in dict(raw={},lzw=dict(comp=5),zip=dict(comp=8),pb=dict(comp=32773),strip=dict(rps=5),tile=dict(tile=(16,16)),planar=dict(planar=2),planarstrip=dict(planar=2,rps=4,comp=5),planartile=dict(planar=2,tile=(16,16),comp=8),fill=dict(fill=2),big=dict(big=True),lzwpred=dict(comp=5,pred=2),zippred=dict(comp=8,pred=2),tilepred=dict(comp=8,pred=2,tile=(16,32)),orient=dict(orient=6)).items():
            if v.get("pred")==2 and b not in(8,16): continue
            if e==">" and vn not in("raw","lzwpred","planar","tile","zip"): continue
            if v.get("planar")==2 and a.shape[2]==1: continue
            expected=None
            if n in ("g16","g12"): expected=upper(a,b)
            if vn=="orient" and expected is not None: expected=np.rot90(expected,-1).copy()
            if n in REFUSED or n=="p8b" or n.startswith("ycc") and not vn.startswith(("zip","pb","tilepred")): continue
            # of 16-bit planes without compression Pillow makes noise, and of RGBX in planes too
            if v.get("planar")==2 and (b==16 and vn=="planar" or n=="rgb4none"): continue
            if v.get("fill")==2 and b>8: continue
            if en=="b" and vn in ("tile","zip") and n not in ("rgb8","rgb16","g16"): continue
            put(f"{n}_{vn}_{en}.tif",tiff(a,b,ph,e=e,**kw,**v),expected)
# Pillow-written
sm=np.mgrid[0:H,0:W]; S=np.stack([sm[1]*6,sm[0]*10,(sm[0]+sm[1])*4],-1).clip(0,255).astype(np.uint8); S=np.kron(S,np.ones((3,3,1),np.uint8))
def save_tiff(n,im,**k):
    b=io.BytesIO()
    try: im.save(b,"TIFF",**k)
    except Exception: return
    put(n,b.getvalue())
I=Image.fromarray
for c in ("jpeg", "group3", "group4", "tiff_ccitt", "tiff_lzw", "tiff_adobe_deflate", "packbits", "tiff_deflate"):
    for m in ("L", "RGB", "CMYK", "YCbCr") if c == "jpeg" else ("1",) if c in ("group3", "group4", "tiff_ccitt") else ("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr"):
        im=I(S)
        im=im.convert(m)
        save_tiff(f"pil_{c}_{m.replace(';','')}.tif",im,compression=c)
save_tiff("pil_jpeg_RGB_q.tif",I(S),compression="jpeg",quality=60)

with zipfile.ZipFile("kinds.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for name, data in [("PICTURES.txt", ("\n".join(lines) + "\n").encode())] + list(files.items()):
        archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
print(len(files), "files")
