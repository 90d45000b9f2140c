addEventListener("hashchange",unfold);unfold();function unfold(){var e=document.getElementById(decodeURIComponent(location.hash.slice(1)));
for(var d=e;d;d=d.parentElement)if(d.tagName==="DETAILS")d.open=true;if(e)e.scrollIntoView()}
